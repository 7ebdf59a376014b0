import type { ENGINE_ERRORS } from '../../engine/session/errors.ts';
import type { COMMON_ERRORS, TranslatedErrors } from '../../lib/failure.ts';
import {
  GERMAN_ANSWERS,
  GERMAN_CHECKPOINT_FAULTS,
  GERMAN_CLIP_FAULTS,
  GERMAN_CODECS,
  GERMAN_ELSEWHERE,
  GERMAN_GPU_FAULTS,
  GERMAN_HEADER_FAULTS,
  GERMAN_LIKES,
  GERMAN_LOOKS_LIKE,
  GERMAN_LOSSES,
  GERMAN_MISFITS,
  GERMAN_MISSING,
  GERMAN_PNG_FAULTS,
  GERMAN_TENSOR_FAULTS,
  GERMAN_WORKERS,
} from './de-phrases.ts';
import type { Tools } from './de-tools.ts';

/** A list as a sentence's part, cut where it would fill the screen. */
const firstFew = (items: readonly string[], most = 12) =>
  items.length > most
    ? `${items.slice(0, most).join('; ')}; und ${items.length - most} mehr`
    : items.join('; ');

const FROM_SOURCE =
  'Hol die Datei noch einmal von ihrer Quelle; kommt sie genauso an, wurde sie falsch geschrieben.';
const CPU = 'wähl unter Einstellungen bei „Rechnet auf“ die CPU';

/** The errors that the engine may end with, in German. */
export const germanEngineErrors = ({
  formats: { bytes, count },
  say,
}: Tools): TranslatedErrors<typeof COMMON_ERRORS & typeof ENGINE_ERRORS> => ({
  'run/cancelled': () => ({
    what: 'Der Lauf wurde abgebrochen.',
    todo: 'Drück Segmentieren, um neu zu beginnen; was an diesem Clip fertig ist, bleibt.',
  }),
  'internal/unexpected': (p) => ({
    what: `Etwas ist misslungen, das nicht misslingen sollte: ${p.detail}`,
    todo: 'Versuch es noch einmal; passiert es wieder, kopiere die Diagnose und melde es.',
  }),

  'png/not-png': (p) => ({
    what: `${p.name} ist keine PNG-Datei.`,
    todo: 'Gib Masken als PNG-Dateien.',
  }),
  'png/damaged': (p) => ({
    what: `Die Datei ${p.name} ist beschädigt: ${say(GERMAN_PNG_FAULTS, p.detail)}.`,
    todo: 'Speichere die Datei neu oder lade sie noch einmal herunter.',
  }),
  'png/unsupported': (p) => ({
    what: `${p.name} ist ein PNG mit Zeilensprung (${p.feature}), das nicht gelesen wird.`,
    todo: 'Speichere es ohne diese Option.',
  }),
  'png/too-large': (p) => ({
    what: `${p.name} gibt ${p.width} × ${p.height} Pixel an, mehr als 67 Millionen.`,
    todo: 'Verkleinere das Bild, oder speichere es neu, wenn es nicht so groß ist.',
  }),
  'dataset/bad-rle': (p) => ({
    what: `Eine lauflängenkodierte Maske ist nicht lesbar (${p.detail}).`,
    todo: 'Lade die Annotationen noch einmal herunter.',
  }),
  'worker/lost': (p) => ({
    what: `${GERMAN_WORKERS[p.worker]} funktioniert nicht mehr: ${say(GERMAN_LOSSES, p.detail)}.`,
    todo: 'Starte neu; hört es wieder auf, nimm weniger Einzelbilder oder eine kleinere Größe.',
  }),

  'run/bad-setting': (p) => ({
    what: `Die Einstellung „${p.name}“ hat den Wert ${p.value}, mit dem kein Lauf möglich ist.`,
    todo: 'Gib ihr einen anderen Wert, oder setz die Einstellungen auf die Empfehlung zurück.',
  }),

  'device/no-webgpu': (p) => ({
    what: `WebGPU ist gewählt, aber dieser Browser bietet keines (${GERMAN_MISSING[p.missing]}).`,
    todo: 'Wähl unter Einstellungen bei „Rechnet auf“ Automatisch oder CPU, oder nimm einen Browser mit WebGPU (ein aktuelles Chrome, Edge oder Safari).',
  }),
  'device/lost': (p) => ({
    what: `Die GPU ging während des Laufs verloren: ${p.reason}`,
    todo: `Starte den Lauf neu; passiert es oft, ${CPU}.`,
  }),
  'device/out-of-memory': (p) => ({
    what: `Der Speicher der GPU ist voll: Weitere ${bytes(p.bytes)} passen nicht hinein.`,
    todo: 'Nimm weniger Einzelbilder oder eine kleinere Größe, oder schließ andere Tabs und Programme, die die GPU nutzen.',
  }),
  'device/failed': (p) => ({
    what: `Die GPU hat einen Arbeitsschritt verweigert: ${p.detail}`,
    todo: 'Wähl unter Einstellungen bei „Rechnet auf“ die CPU, und melde dies mit der Diagnose.',
  }),
  'device/wrong-results': (p) => ({
    what: `Diese GPU hat den Selbsttest nicht bestanden, ihren Ergebnissen ist nicht zu trauen: ${say(GERMAN_GPU_FAULTS, p.detail)}.`,
    todo: `Aktualisiere den Browser und den Grafiktreiber, oder ${CPU}.`,
  }),

  'model/session-failed': (p) => ({
    what: `Das Modell ließ sich nicht vorbereiten (${p.device}): ${p.detail}`,
    todo: 'Wähl unter Einstellungen eine kleinere Größe, oder bei „Rechnet auf“ etwas anderes, oder schließ andere Tabs, um Speicher freizugeben.',
  }),
  'model/run-failed': (p) => ({
    what: `Das Modell blieb stehen (${p.device}): ${p.detail}`,
    todo: 'Versuch es noch einmal; bleibt es wieder stehen, wähl unter Einstellungen eine kleinere Größe, oder bei „Rechnet auf“ etwas anderes.',
  }),

  'video/not-open': () => ({
    what: 'Es ist kein Clip offen.',
    todo: 'Öffne zuerst einen Clip.',
  }),
  'video/empty': (p) => ({
    what: `${'name' in p ? p.name : p.is === 'choice' ? 'Die Auswahl' : 'Der Ordner'} ist leer.`,
    todo: 'Wähl ein Video, ein bewegtes Bild oder die Einzelbilder von einem.',
  }),
  'video/not-media': (p) => ({
    what: `${p.name} ist weder ein Video noch ein Bild: Die Datei sieht aus wie ${GERMAN_LIKES[p.like]}.`,
    todo: 'Wähl ein Video (MP4, MOV, WebM, MKV), ein bewegtes Bild (GIF, WebP, APNG) oder Einzelbilder als JPEG oder PNG.',
  }),
  'video/container': (p) => ({
    what: `${p.name} hat das Format ${p.container}, das Browser nicht lesen können.`,
    todo: `Wandle es in MP4 um, zum Beispiel mit HandBrake oder VLC, und öffne das. Auf einer Kommandozeile: ${p.convert}`,
  }),
  'video/no-picture': (p) => ({
    what: `${p.name} (${p.container}) hat keine Videospur.`,
    todo: 'Wähl eine Datei, die nicht nur Ton, sondern auch Bilder hat.',
  }),
  'video/codec': (p) => ({
    what: `${p.name} (${p.container}) ist so kodiert, dass dieser Browser es nicht dekodieren kann: ${say(GERMAN_CODECS, p.codec)}.`,
    todo: `${p.where === null ? '' : GERMAN_ELSEWHERE[p.where]}Wandle es in MP4 um, zum Beispiel mit HandBrake oder VLC, und öffne das. Auf einer Kommandozeile: ${p.convert}`,
  }),
  'video/damaged': (p) => ({
    what: `Die Datei ${p.name} ist beschädigt: ${say(GERMAN_CLIP_FAULTS, p.detail)}.`,
    todo: 'Hol sie noch einmal von dort, wo sie herkommt, oder exportiere sie neu aus dem Programm, das sie geschrieben hat.',
  }),
  'video/truncated': (p) => ({
    what: `${p.name} endet zu früh: Von ${p.total} Einzelbildern sind nur die ersten ${p.readable} da.`,
    todo: `Kopiere es oder lade es noch einmal herunter, oder behalte, was da ist, auf einer Kommandozeile: ${p.rescue}`,
  }),
  'video/frame-lost': (p) => ({
    what: `Einzelbild ${p.index} von ${p.name} lässt sich nicht dekodieren; seine Daten sind beschädigt oder fehlen.`,
    todo: `Nimm einen Ausschnitt des Clips ohne Einzelbild ${p.index}, oder exportiere den Clip neu aus dem Programm, das ihn geschrieben hat.`,
  }),
  'video/mixed-files': (p) => ({
    what: `Mehrere Dateien gelten als Einzelbilder eines Clips, aber ${p.name} ist ${'like' in p.is ? GERMAN_LIKES[p.is.like] : `eine ${p.is.kind}-Datei`}.`,
    todo: 'Wähl ein Video, oder nur Bilder.',
  }),
  'video/odd-size': (p) => ({
    what: `Die Einzelbilder sind verschieden groß: ${p.name} hat ${p.size}, ${p.first} aber ${p.wanted}.`,
    todo: `Lass ${p.name} weg, oder bring alle Einzelbilder auf eine Größe.`,
  }),
  'video/browser': (p) => ({
    what: `${p.name} lässt sich nicht öffnen, weil diesem Browser ${p.lacks}${p.type === undefined ? '' : ` für ${p.type}`} fehlt.`,
    todo: 'Nimm ein aktuelles Chrome, Edge, Firefox oder Safari.',
  }),

  'weights/cut': (p) => ({
    what: `Die Gewichtsdatei ist abgeschnitten: Sie sollte mindestens ${count(p.wants)} Bytes haben, hat aber ${count(p.has)}.`,
    todo: 'Lade die Datei noch einmal herunter, oder kopiere sie neu.',
  }),
  'weights/bad-header': (p) => ({
    what: `Dem Kopf der Gewichtsdatei ist nicht zu trauen: ${say(GERMAN_HEADER_FAULTS, p.detail)}.`,
    todo: FROM_SOURCE,
  }),
  'weights/bad-tensor': (p) => ({
    what: `Der Tensor „${p.name}“ der Gewichtsdatei ist nicht lesbar: ${say(GERMAN_TENSOR_FAULTS, p.detail)}.`,
    todo: FROM_SOURCE,
  }),
  'weights/does-not-fit': (p) => ({
    what: `Diese Gewichte sind kein lesbarer Vision Transformer: ${firstFew(p.problems.map((one) => say(GERMAN_MISFITS, one)))}.`,
    todo: 'Nimm die Gewichte eines DINO, DINOv2 oder ViT von timm (small, base oder large) mit Klassen-Token und gelernten Positionen.',
  }),
  'weights/unknown-heads': (p) => ({
    what: `Wie viele Aufmerksamkeitsköpfe es sind, steht nicht in der Datei und folgt nicht aus ihren ${p.dim} Kanälen.`,
    todo: 'Gib die Zahl der Köpfe von Hand an (sie muss die Kanäle teilen), oder als „heads“ in den Metadaten der Datei.',
  }),
  'weights/too-large': (p) => ({
    what: `${p.name} hat ${bytes(p.bytes)} oder mehr; der Speicher der Seite fasst höchstens ${bytes(p.most)}.`,
    todo: 'Speichere nur die Gewichte des Backbones, und wo das nicht reicht, in 16 Bit.',
  }),
  'weights/unknown-format': (p) => {
    switch (p.is) {
      case 'pointer':
        return {
          what: `Das sind nicht die Gewichte, sondern ein Verweis von Git LFS darauf: Die Datei selbst${p.bytes === null ? '' : ` (${bytes(p.bytes)})`} wurde nicht heruntergeladen.`,
          todo: 'Ruf „git lfs pull“ auf, wo sie geklont wurde, oder lade die Datei selbst von ihrer Seite herunter.',
        };
      case 'page':
        return {
          what: `Das sind nicht die Gewichte, sondern eine Webseite oder die Meldung eines Servers, die an ihrer Stelle gespeichert wurde${p.says ? `: „${p.says.replace(/\s+/g, ' ').trim().slice(0, 120)}“` : '.'}`,
          todo: 'Öffne die Adresse in einem Browser, melde dich an oder nimm die Bedingungen an, wo sie das verlangt, und lade die Datei selbst herunter.',
        };
      default:
        return {
          what: `Das ist weder eine Safetensors-Datei noch ein Checkpoint von PyTorch${p.like === null ? '' : `; es sieht aus wie ${GERMAN_LOOKS_LIKE[p.like]}`}.`,
          todo: 'Wähl eine model.safetensors, oder eine .pth- oder .pt-Datei, die torch.save geschrieben hat.',
        };
    }
  },
  'weights/refused-global': (p) => ({
    what: `Der Checkpoint will „${p.name}“ ausführen, was bloße Gewichte nicht brauchen; nichts davon wurde ausgeführt.`,
    todo: 'Speichere nur das State Dict (torch.save(model.state_dict(), …)), oder wandle es in Safetensors um.',
  }),
  'weights/legacy-checkpoint': () => ({
    what: 'Dieser Checkpoint hat das Format von PyTorch vor 1.6, das nicht gelesen wird.',
    todo: 'Lade ihn in einem neueren PyTorch und speichere ihn neu, oder wandle ihn in Safetensors um.',
  }),
  'weights/bad-checkpoint': (p) => ({
    what: `Der Checkpoint ist nicht lesbar: ${say(GERMAN_CHECKPOINT_FAULTS, p.detail)}.`,
    todo: 'Hol die Datei noch einmal von ihrer Quelle, oder wandle sie in Safetensors um.',
  }),
  'weights/wrong-hash': (p) => ({
    what: `${p.name} ist nicht die Datei, die es sein sollte: Ihre SHA-256 beginnt mit ${p.has.slice(0, 12)} statt ${p.wants.slice(0, 12)}.`,
    todo: 'Lade sie noch einmal herunter; kommt sie genauso an, hat ihre Quelle sich geändert, und dem Modell ist nicht zu trauen.',
  }),
  'weights/not-motion': (p) => ({
    what: `Diese Gewichte sind nicht die des Bewegungsnetzes: ${firstFew(p.problems.map((one) => say(GERMAN_MISFITS, one)))}.`,
    todo: 'Stell models/motion-v0/motion.safetensors aus dem Release wieder her.',
  }),

  'fetch/unreachable': (p) => ({
    what: `${p.host} war nicht zu erreichen.`,
    todo: 'Prüf die Verbindung und versuch es noch einmal, oder lade die Datei auf anderem Weg herunter und zieh sie auf die Seite.',
  }),
  'fetch/cut': (p) => ({
    what: `Die Verbindung zu ${p.host} brach immer wieder ab, zuletzt nach ${bytes(p.done)} von ${bytes(p.total)}.`,
    todo: 'Versuch es später noch einmal: Was hier ist, bleibt, und der Download geht dort weiter.',
  }),
  'fetch/forbidden': (p) => ({
    what: `${p.host} gibt diese Datei nicht jedem.`,
    todo: 'Nimm dort die Bedingungen an, lade die Datei herunter und zieh sie dann auf die Seite.',
  }),
  'fetch/not-found': (p) => ({
    what: `Unter ${p.url} gibt es keine Datei.`,
    todo: 'Prüf die Adresse; vielleicht wurde das Repository umbenannt oder gelöscht.',
  }),
  'fetch/too-many': (p) => ({
    what: `${p.host} hat zu viele Anfragen von dieser Adresse bekommen.`,
    todo: p.wait
      ? `Versuch es nach ${p.wait} noch einmal (in Sekunden, oder zur genannten Zeit).`
      : 'Versuch es in ein paar Minuten noch einmal.',
  }),
  'fetch/refused': (p) => ({
    what: `${p.host} antwortete mit Status ${p.status} statt mit der Datei.`,
    todo: 'Versuch es später noch einmal, oder lade die Datei auf anderem Weg herunter und zieh sie auf die Seite.',
  }),
  'fetch/wrong-length': (p) => ({
    what: `${p.url} schickte mehr als die ${count(p.wants)} Bytes, die angekündigt waren.`,
    todo: 'Versuch es noch einmal; passiert es wieder, stimmt etwas mit dem Server oder auf dem Weg dorthin nicht.',
  }),
  'fetch/bad-address': (p) => ({
    what: `${p.url} ist nicht die Webadresse einer Datei.`,
    todo: 'Gib die ganze Adresse einer .safetensors-, .pth- oder .pt-Datei an, von https:// an.',
  }),
  'store/full': (p) => ({
    what: `Der Browser hat keinen Platz für weitere ${bytes(p.wants)} an Gewichten.`,
    todo:
      p.stored.length > 0
        ? `Mach Platz auf der Festplatte, oder entfern ein gespeichertes Modell: ${p.stored.map((one) => `${one.url} (${bytes(one.bytes)})`).join(', ')}.`
        : 'Mach Platz auf der Festplatte, oder lass diese Seite in den Einstellungen des Browsers mehr speichern.',
  }),
  'store/unavailable': () => ({
    what: 'Dieser Browser lässt die Seite keine Gewichte speichern.',
    todo: 'Verlass den privaten Modus, oder erlaub dieser Seite, Daten zu speichern.',
  }),

  'model/bad-manifest': (p) => ({
    what: `Die Liste der Modelle stimmt nicht, und zwar bei ${p.path} (${p.wants}).`,
    todo: 'Bring models/manifest.json in Ordnung, oder stell sie aus dem Release wieder her.',
  }),
  'model/unknown': (p) => ({
    what: `Ein Modell namens „${p.id}“ gibt es nicht.`,
    todo: 'Wähl ein Modell aus der Liste, oder füg die Gewichtsdatei noch einmal hinzu.',
  }),
  'model/untrained': (p) => ({
    what: `Fᵥ braucht einen trainierten Correlator, und ${p.id} hat keinen.`,
    todo: 'Wähl unter „Abstand zwischen“ etwas anderes, oder trainiere zuerst einen Correlator für dieses Modell.',
  }),
  'model/not-here': (p) => ({
    what: `Die Gewichte dieses Modells sind noch nicht im Browser; sie liegen bei ${p.host}.`,
    todo: `Stimm zu, sie einmal herunterzuladen (${bytes(p.bytes)}), oder zieh die Datei auf die Seite.`,
  }),
  'model/unreachable': (p) => ({
    what: `${p.url} ließ sich nicht holen: ${say(GERMAN_ANSWERS, p.detail)}.`,
    todo: 'Prüf die Verbindung und die Adresse, und versuch es noch einmal.',
  }),

  'tokens/no-space': () => ({
    what: 'Dieser Clip braucht mehr als den Speicher, der für ihn da ist, und der Browser hat auf der Festplatte keinen Platz mehr.',
    todo: 'Nimm weniger Einzelbilder (eine größere Schrittweite) oder eine kleinere Größe, oder mach Platz auf der Festplatte.',
  }),
  'png/not-mask': (p) => ({
    what: `${p.name} hat ${count(p.colours)} Farben: Das sieht nach einem Foto aus, nicht nach einer Maske.`,
    todo: 'Gib eine Maske: ein Palettenindex, ein Grauwert oder eine Farbe pro Objekt.',
  }),
  'run/too-many-clusters': (p) => ({
    what: `Der Lauf fand ${count(p.clusters)} Cluster; Masken fassen höchstens ${count(65_535)}.`,
    todo: 'Heb τ an, damit mehr davon zusammenkommen, und segmentiere neu.',
  }),

  'export/cancelled': () => ({
    what: 'Der Export wurde abgebrochen; es wurde nichts geschrieben.',
    todo: 'Drück Exportieren, um neu zu beginnen.',
  }),
  'export/no-objects': () => ({
    what: 'Zum Exportieren ist kein Objekt gewählt.',
    todo: 'Blende mindestens ein Objekt der Liste ein, oder wähl alle Objekte.',
  }),
  'export/no-encoder': (p) => ({
    what: `Dieser Browser hat für ${p.container} mit ${p.width} × ${p.height} Pixeln keinen Encoder.`,
    todo: 'Wähl das andere Format, oder nimm ein aktuelles Chrome, Edge oder Safari.',
  }),
  'export/cannot-write': (p) => ({
    what: `${p.name} lässt sich nicht schreiben: ${p.detail}`,
    todo: 'Mach Platz oder wähl einen anderen Ort, und exportiere noch einmal.',
  }),

  'run/no-clip': () => ({
    what: 'Es ist kein Clip offen.',
    todo: 'Zieh zuerst ein Video oder einen Ordner mit Einzelbildern hierher.',
  }),
  'run/none': () => ({
    what: 'Dieser Clip ist noch nicht segmentiert.',
    todo: 'Drück zuerst Segmentieren.',
  }),
  'run/no-map': () => ({
    what: 'Dieser Lauf hat Merkmale gruppiert, daher gibt es keine Aufmerksamkeit zu zeigen.',
    todo: 'Wähl unter Einstellungen bei „Abstand zwischen“ Aufmerksamkeit (Aᵥ oder A), und segmentiere neu.',
  }),
  'run/tokens-gone': () => ({
    what: 'Die Token, die Aufmerksamkeit braucht, sind nicht im Speicher: Nur die Masken wurden wieder geöffnet.',
    todo: 'Segmentiere neu, um hineinzusehen; die Objekte bleiben, wie sie sind.',
  }),
  'run/no-clicks': () => ({
    what: 'In diesem Lauf lassen sich Klicks nicht beantworten: Er hat nicht jedes Einzelbild verfolgt, oder eine frühere Version hat ihn gemacht.',
    todo: 'Wähl unter Einstellungen → Forschung → Clustern „Hierarchisch“, und segmentiere neu.',
  }),
  'run/no-frames': (p) => ({
    what: `Der gewählte Ausschnitt enthält kein Einzelbild: Der Clip hat ${p.frames}.`,
    todo: 'Wähl einen Ausschnitt, der im Clip beginnt.',
  }),
});
