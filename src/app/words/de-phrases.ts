import type { GPU_FAULTS, MISSING } from '../../engine/backend/errors.ts';
import type { REASONS } from '../../engine/backend/report.ts';
import type { ANSWERS } from '../../engine/model/errors.ts';
import type { NOTES } from '../../engine/session/notes.ts';
import type { CLIP_FAULTS, CODECS, ELSEWHERE, LIKES } from '../../engine/video/errors.ts';
import type {
  CHECKPOINT_FAULTS,
  HEADER_FAULTS,
  LOOKS_LIKE,
  MISFITS,
  TENSOR_FAULTS,
} from '../../engine/weights/faults.ts';
import type { LOSSES, PNG_FAULTS, WORKERS } from '../../lib/errors.ts';
import type { Translated } from '../../lib/phrases.ts';
import type { Formats } from './format.ts';

const shapeOf = (shape: readonly number[]) => `[${shape.join(', ')}]`;

/** What a clip, a run or an export says of itself. */
export const germanNotes = ({ bytes, count }: Formats): Translated<typeof NOTES> => ({
  'clip/junk': (p) =>
    `${count(p.bytes)} Bytes der Datei gehören nicht zum Format ${p.container} und wurden weggelassen.`,
  'clip/broken-off': 'Die Datei bricht ab: Nur die Einzelbilder, die noch da sind, werden gezeigt.',
  'clip/first-frames': (p) =>
    p.frames === 1
      ? 'Die Datei bricht ab: Nur ihr erstes Einzelbild ist ganz.'
      : `Die Datei bricht ab: Nur ihre ersten ${p.frames} Einzelbilder sind ganz.`,
  'clip/jumps': (p) =>
    `Die Zeitangaben springen ${p.times === 1 ? 'einmal' : `${p.times}-mal`}: Die Teile werden nacheinander gezeigt.`,
  'clip/leading': (p) =>
    p.frames === 1
      ? 'Ein Einzelbild am Anfang lässt sich nicht dekodieren, weil sein Schlüsselbild nicht in der Datei ist.'
      : `${p.frames} Einzelbilder am Anfang lassen sich nicht dekodieren, weil ihr Schlüsselbild nicht in der Datei ist.`,
  'clip/hdr': 'Der Clip ist in HDR, was dieser Browser nicht umrechnet: Die Farben sehen blass aus.',
  'clip/silent': 'Der Ton bleibt aus Exporten weg: Er lässt sich nicht mit den Bildern in Einklang bringen.',
  'clip/tracks': (p) =>
    `Die Datei hat ${p.tracks} Videospuren; gezeigt wird die mit ${p.width} × ${p.height} Pixeln.`,
  'clip/no-edits':
    'Die Schnittliste der Datei zeigt nichts und wird nicht befolgt: Alle Einzelbilder sind da.',
  'clip/speed':
    'Die Schnittliste der Datei verlangt ein anderes Tempo; das wird nicht befolgt, die Einzelbilder behalten ihres.',

  'run/rounded': (p) => `Aus ${p.from} wurde ${p.to}: Das Modell braucht Vielfache von ${p.patch} Pixeln.`,
  'run/nothing-moves': 'In diesem Clip bewegt sich nichts, daher wurden die Objekte am Aussehen erkannt.',
  'run/came-later':
    'Im Clip taucht etwas auf, das in keinem der Einzelbilder für die Objektsuche ist; es kam zu den Objekten dazu.',
  'run/frames-lost': (p) =>
    p.frames === 1
      ? `Einzelbild ${p.first} lässt sich nicht dekodieren: Es hat keine Masken.`
      : `${p.frames} Einzelbilder, ab ${p.first}, lassen sich nicht dekodieren: Sie haben keine Masken.`,
  'run/smaller-rows': (p) =>
    `Der Speicher wurde knapp, daher wurde die Aufmerksamkeit in kleineren Stücken von ${bytes(p.budget)} berechnet.`,
  'run/gpu-lost': (p) =>
    `Die GPU ging verloren (${p.reason}) und wurde neu geöffnet: Was fertig war, ist geblieben.`,
  'run/gpu-lost-after': (p) =>
    `Die GPU ging verloren (${p.reason}) und wurde neu geöffnet: Der Lauf ging nach Einzelbild ${p.done} von ${p.frames} weiter.`,
  'run/in-memory':
    'Dieser Browser gibt keinen Platz auf der Festplatte, wie in einem privaten Fenster: Der ganze lange Clip liegt im Arbeitsspeicher.',
  'run/not-kept':
    'Was verfolgt wurde, ließ sich nicht auf der Festplatte sichern: Neu geladen würde dieser Clip noch einmal verfolgt.',

  'export/even': (p) =>
    `H.264 kann nur gerade Größen: Aus ${p.from} wurde ${p.to}, die letzte Zeile oder Spalte ist wiederholt.`,
  'export/re-encoded': (p) =>
    `Der Ton wurde als ${p.as} neu kodiert: ${p.container} nimmt ${p.codec ?? 'seinen Codec'} nicht an.`,
  'export/silent': (p) =>
    `Der Ton wurde weggelassen: Er ist ${p.codec === null ? 'in einem hier unbekannten Codec' : `als ${p.codec}`} kodiert, den ${p.container} nicht annimmt und dieser Browser nicht umwandeln kann.`,
  'export/left-out': (p) =>
    `Ein indiziertes PNG fasst höchstens ${p.most} Objekte: ${p.count === 1 ? 'Das letzte der Liste fehlt' : `Die letzten ${p.count} der Liste fehlen`} in den Masken.`,
  'export/lost': (p) =>
    p.count === 1
      ? '1 Einzelbild lässt sich nicht dekodieren und fehlt in der Datei.'
      : `${p.count} Einzelbilder lassen sich nicht dekodieren und fehlen in der Datei.`,
  'export/unmasked': (p) =>
    `${p.count === 1 ? '1 Einzelbild' : `${p.count} Einzelbilder`} ohne Masken: Dort sind keine Objekte zu sehen.`,
  'export/unmasked-left-out': (p) =>
    p.count === 1
      ? '1 Einzelbild ohne Masken fehlt in der Datei.'
      : `${p.count} Einzelbilder ohne Masken fehlen in der Datei.`,
  'export/slow-gif':
    'GIF kann nicht mehr als 50 Einzelbilder pro Sekunde zeigen, daher läuft dieses langsamer als der Clip.',
});

const threadsIn = (count: number) => (count === 1 ? 'ein Thread' : `${count} Threads`);
const bitsIn = (half: boolean) => (half ? ' Sie rechnet mit Gewichten in 16 Bit.' : '');

export const GERMAN_MISSING: Translated<typeof MISSING> = {
  'no-webgpu': 'dieser Browser hat es nicht, oder die Adresse der Seite ist nicht sicher (HTTPS)',
  'no-adapter': 'der Browser fand keinen Adapter',
};

/** Why a run computes where it does. */
export const GERMAN_REASONS: Translated<typeof REASONS> = {
  'cpu-chosen': (p) => `Die CPU wurde gewählt (${threadsIn(p.threads)}).`,
  'gpu-chosen': (p) =>
    `WebGPU wurde gewählt.${p.software ? ' Es rechnet in Software: Die CPU wäre viel schneller.' : ''}${bitsIn(p.half)}`,
  'no-gpu': (p) =>
    `Hier gibt es kein WebGPU (${GERMAN_MISSING[p.missing]}), daher rechnet die CPU (${threadsIn(p.threads)}).`,
  software: (p) => `WebGPU rechnet hier nur in Software, daher rechnet die CPU (${threadsIn(p.threads)}).`,
  faulty: (p) =>
    `Die GPU hat den Selbsttest nicht bestanden, daher rechnet die CPU (${threadsIn(p.threads)}).`,
  gpu: (p) => `Eine GPU ist da.${bitsIn(p.half)}`,
};

export const GERMAN_GPU_FAULTS: Translated<typeof GPU_FAULTS> = {
  off: (p) => `Aufmerksamkeit weicht um ${p.attention} ab, Abstände um ${p.divergence}`,
  lost: (p) => `Von einer Matrix von ${p.mebibytes} MiB ist Zeile ${p.row} verloren`,
};

export const GERMAN_WORKERS: Translated<typeof WORKERS> = {
  engine: 'Die Engine',
  runtime: 'Das neuronale Netz',
  viewer: 'Die Wiedergabe',
  evaluator: 'Der Vergleich mit der Referenz',
  trainer: 'Das Training',
};

export const GERMAN_LOSSES: Translated<typeof LOSSES> = {
  'not-loaded': 'Das Programm ließ sich nicht laden',
  'bad-message': 'Eine Nachricht war nicht lesbar',
};

export const GERMAN_PNG_FAULTS: Translated<typeof PNG_FAULTS> = {
  'no-header': 'Die Datei beginnt nicht mit einem Kopf',
  palette: 'Ihre Palette fehlt oder stimmt nicht',
  cut: 'Sie endet zu früh',
  checksum: (p) => `Die Prüfsumme ihres Teils ${JSON.stringify(p.part)} ist falsch`,
  empty: 'Sie hat keine Pixel',
  kind: 'Ihr Kopf nennt eine Farbart oder Bittiefe, die es in PNG nicht gibt',
  'too-many': 'Sie enthält mehr Pixel, als ihr Kopf sagt',
  'too-few': 'Sie enthält weniger Pixel, als ihr Kopf sagt',
  packed: 'Ihre Pixel lassen sich nicht entpacken',
  filter: 'Eine Zeile hat einen Filter, den es in PNG nicht gibt',
};

export const GERMAN_ANSWERS: Translated<typeof ANSWERS> = { status: (p) => `Status ${p.status}` };

/** What a file looks like that is no media; after „wie“. */
export const GERMAN_LIKES: Translated<typeof LIKES> = {
  pdf: 'ein PDF-Dokument',
  zip: 'ein ZIP-Archiv oder ein Office-Dokument',
  gzip: 'ein gzip-Archiv',
  rar: 'ein RAR-Archiv',
  '7z': 'ein 7-Zip-Archiv',
  program: 'ein Programm',
  database: 'eine Datenbank',
  binary: 'Binärdaten unbekannter Art',
  page: 'eine Webseite',
  playlist: 'eine Wiedergabeliste',
  svg: 'eine SVG-Zeichnung',
  text: 'eine Textdatei',
};

/** After a colon. */
export const GERMAN_CODECS: Translated<typeof CODECS> = {
  unknown: 'unbekannter Codec',
  raw: 'unkomprimiertes Video',
  stream: (p) => `Streamtyp ${p.type}`,
};

export const GERMAN_ELSEWHERE: Translated<typeof ELSEWHERE> = {
  hevc: 'Safari öffnet es, Chrome und Edge auch, wo der Rechner einen HEVC-Decoder hat. ',
  av1: 'Aktuelle Versionen von Chrome, Edge und Firefox öffnen es. ',
};

export const GERMAN_CLIP_FAULTS: Translated<typeof CLIP_FAULTS> = {
  structure: (p) => `Ihr Aufbau als ${p.container} ergibt keinen Sinn (${p.detail})`,
  'no-frame': 'In ihr ist kein Einzelbild zu finden',
  'no-index': 'Das Verzeichnis ihrer Spuren fehlt, zum Beispiel nach einer abgebrochenen Kopie',
  'no-key-frame': 'Keines ihrer Einzelbilder ist ein Schlüsselbild, mit dem das Dekodieren beginnen könnte',
  decoder: (p) => `Der Decoder hat aufgegeben (${p.detail})`,
  image: (p) => `Sie beginnt wie ${p.type}, lässt sich aber nicht dekodieren`,
};

export const GERMAN_HEADER_FAULTS: Translated<typeof HEADER_FAULTS> = {
  twice: (p) => `Der Name „${p.name}“ kommt zweimal vor`,
  json: 'Er ist kein JSON',
  object: 'Er ist kein Objekt',
  metadata: 'Seine Metadaten sind keine Tabelle von Texten',
  value: (p) => `Seine Metadaten geben ${p.name} als „${p.value}“ an`,
  long: (p) => `Er gibt an, ${p.bytes} Bytes lang zu sein`,
  utf8: 'Er ist kein UTF-8',
  unowned: (p) => `${p.bytes} Bytes der Datei gehören zu keinem Tensor`,
};

export const GERMAN_TENSOR_FAULTS: Translated<typeof TENSOR_FAULTS> = {
  object: 'Sein Eintrag ist kein Objekt',
  type: (p) => `Sein Typ ist ${p.type}`,
  'no-type': 'Sein Typ fehlt',
  shape: 'Seine Form ist keine Liste von Größen',
  offsets: 'Sein Platz ist kein Paar von Adressen',
  backwards: 'Er endet, bevor er beginnt',
  size: (p) => `Seine Form ${shapeOf(p.shape)} braucht ${p.takes} Bytes, aber sein Platz hat ${p.has}`,
  gap: (p) => `Er beginnt bei Byte ${p.begin}, aber der Tensor davor endet bei ${p.end}`,
};

export const GERMAN_CHECKPOINT_FAULTS: Translated<typeof CHECKPOINT_FAULTS> = {
  'no-end': 'Das Ende seines ZIP-Archivs fehlt; er ist abgeschnitten oder kein ZIP',
  zip64: 'Er ist ein ZIP64-Archiv, größer als jedes Backbone',
  entries: 'Seine Liste von Einträgen ist beschädigt',
  compressed: (p) => `Sein Eintrag „${p.entry}“ ist komprimiert, was PyTorch nie tut`,
  twice: (p) => `Sein Eintrag „${p.entry}“ kommt zweimal vor`,
  misplaced: (p) => `Sein Eintrag „${p.entry}“ liegt nicht, wo er sollte`,
  beyond: (p) => `Sein Eintrag „${p.entry}“ reicht über das Ende hinaus`,
  overlap: (p) => `Sein Eintrag „${p.entry}“ überschneidet sich mit einem anderen`,
  'no-pickle': 'Er ist ein ZIP-Archiv ohne data.pkl',
  'long-pickle': (p) => `Sein Pickle ist ${p.bytes} Bytes lang`,
  'big-endian': 'Er wurde auf einem Rechner mit Big-Endian geschrieben',
  repeats: 'Seine Tensoren wiederholen ihre Speicher immer wieder',
  cut: 'Sein Pickle ist abgeschnitten',
  integer: 'Er enthält eine ganze Zahl von mehr als 8000 Bit',
  'empty-stack': 'Sein Pickle nimmt von einem leeren Stapel',
  mark: 'Seinem Pickle fehlt eine Marke',
  memo: 'Sein Pickle greift auf etwas zurück, das es nie gemerkt hat',
  append: 'Sein Pickle hängt an etwas an, das keine Liste ist',
  items: 'Sein Pickle setzt Einträge in etwas, das kein Wörterbuch ist',
  key: 'Sein Pickle hat einen Schlüssel ohne Wert',
  call: 'Sein Pickle ruft auf, was sich nicht aufrufen lässt',
  protocol: (p) => `Sein Pickle hat das Protokoll ${p.protocol}`,
  opcode: (p) => `Sein Pickle nutzt den Befehl 0x${p.opcode.toString(16)}, den kein Checkpoint braucht`,
  tensor: 'Ein Tensor ist aus etwas anderem als einem Speicher gebaut',
  shape: 'Die Form eines Tensors ist keine Liste von Größen',
  strides: 'Ein Tensor hat nicht so viele Schrittweiten wie Dimensionen',
  reach: (p) => `Ein Tensor der Form ${shapeOf(p.shape)} reicht über seinen Speicher hinaus`,
  pairs: 'Ein geordnetes Wörterbuch ist aus etwas anderem als Paaren gebaut',
  reference: 'Ein Verweis führt nicht zu einem Speicher',
  'no-storage': (p) => `Der Speicher „${p.key}“ fehlt`,
  storage: (p) => `Der Speicher „${p.key}“ hat ${p.has} Bytes statt ${p.wants}`,
};

export const GERMAN_MISFITS: Translated<typeof MISFITS> = {
  missing: (p) => `${p.name} fehlt`,
  type: (p) => `${p.name} hat den Typ ${p.type}, der nicht gelesen wird`,
  shape: (p) => `${p.name} ist ${shapeOf(p.is)} statt ${shapeOf(p.wants)}`,
  rank: (p) => `${p.name} ist ${shapeOf(p.is)}, hat also nicht ${p.rank} Dimensionen`,
  unknown: (p) => `${p.name} ist unbekannt`,
  grid: (p) =>
    `pos_embed hat ${p.positions} Positionen, nicht die ${p.rows} × ${p.columns}, die die Metadaten als pos_grid angeben`,
  'no-grid': (p) =>
    `pos_embed hat ${p.positions} Positionen, die mit und ohne Klassen-Token kein quadratisches Raster ergeben; gib Zeilen und Spalten in den Metadaten einer Safetensors-Datei an, etwa als "pos_grid": "14,28"`,
  channels: (p) => `Der Correlator hat ${p.correlator} Kanäle, das Backbone ${p.backbone}`,
  patch: (p) => `Die Patches sind ${p.is} Pixel groß statt ${p.wants}`,
};

/** What a file looks like that was taken for weights; after „wie“. */
export const GERMAN_LOOKS_LIKE: Translated<typeof LOOKS_LIKE> = {
  hdf5: 'eine HDF5-Datei, wie Keras sie schreibt',
  gguf: 'eine GGUF-Datei von llama.cpp',
  numpy: 'ein NumPy-Array',
  gzip: 'ein gzip-Archiv: Entpack es zuerst',
  '7z': 'ein 7z-Archiv: Entpack es zuerst',
  rar: 'ein RAR-Archiv: Entpack es zuerst',
  zstd: 'ein Zstandard-Archiv: Entpack es zuerst',
  xz: 'ein xz-Archiv: Entpack es zuerst',
  bzip2: 'ein bzip2-Archiv: Entpack es zuerst',
  tar: 'ein tar-Archiv: Entpack es zuerst',
  pdf: 'ein PDF',
  picture: 'ein Bild',
  zeros: 'eine Datei aus Nullen, wie ein abgebrochener Download sie hinterlässt',
  pickle: 'ein Pickle, das nicht von torch.save stammt',
  text: 'eine Textdatei',
};
