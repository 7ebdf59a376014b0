import type { EVALUATE_ERRORS, MASK_FAULTS } from '../../evaluate/errors.ts';
import type { TranslatedErrors } from '../../lib/failure.ts';
import type { Translated } from '../../lib/phrases.ts';
import type { CHECKPOINT_FAULTS, DIVERGED, TRAIN_ERRORS } from '../../train/errors.ts';
import type { Tools } from './de-tools.ts';
import type { APP_ERRORS, LINK_FAULTS, PROJECT_FAULTS, REFUSALS } from './errors.ts';
import type { Formats } from './format.ts';

const MASKS: Translated<typeof MASK_FAULTS> = {
  header: 'Ihr Kopf ist nicht lesbar',
  bits: 'Sie hat nicht 8 Bit pro Wert',
  'too-few': 'Sie enthält weniger Pixel, als ihr Kopf sagt',
  cut: 'Sie endet zu früh',
  bitmap: 'Diese Art von BMP wird nicht gelesen',
};

/** Errors of data sets, ground truth and scores, in German; those of the command line alone name what they met in English. */
const GERMAN_EVALUATE_ERRORS: TranslatedErrors<typeof EVALUATE_ERRORS> = {
  'mask/damaged': (p) => ({
    what: `Die Maske ${p.name} ist nicht lesbar: ${MASKS[p.detail]}.`,
    todo: 'Speichere sie neu, als PNG.',
  }),
  'dataset/empty': (p) => ({
    what: `In ${p.folder} wurden keine Sequenzen gefunden.`,
    todo: 'Gib einen Ordner mit Einzelbildern und Masken, in einer der Anordnungen aus der Anleitung.',
  }),
  'dataset/no-masks': (p) => ({
    what: `Die Sequenzen in ${p.folder} haben keine Masken zum Vergleichen.`,
    todo: 'Gib einen Datensatz mit seinen Annotationen.',
  }),
  'dataset/no-sequence': (p) => ({
    what: `Eine Sequenz ${p.name} gibt es nicht.`,
    todo: `Zur Wahl stehen: ${p.known}.`,
  }),
  'dataset/bad-json': (p) => ({
    what: `${p.name} ist keine Liste von Annotationen im Format YouTube-VIS (${p.detail}).`,
    todo: 'Lade die Datei noch einmal herunter.',
  }),
  'score/no-prediction': (p) => ({
    what: `Für ${p.sequence} gibt es keine Vorhersagen.`,
    todo: 'Gib ihre Masken in einem Ordner dieses Namens.',
  }),
  'score/missing-frames': (p) => ({
    what: `${p.sequence} fehlen Vorhersagen für die Einzelbilder ${p.frames}.`,
    todo: 'Gib eine Maske für jedes Einzelbild der Referenz; eine leere, wo nichts gefunden wurde.',
  }),
  'score/size': (p) => ({
    what: `${p.name}: ${p.size} Pixel, aber die Referenz hat ${p.wants}.`,
    todo: 'Bring die Masken auf die Größe der Referenz, mit dem jeweils nächsten Pixel.',
  }),
  'score/too-many': (p) => ({
    what: `${p.sequence} hat ${p.found} Vorschläge; ${p.protocol} erlaubt ${p.most}.`,
    todo: 'Behalte die besten, nummeriert ab 1, oder wähl ein anderes Protokoll.',
  }),
  'truth/size': (p) => ({
    what: `Die Maske ${p.name} hat ${p.size} Pixel, was nicht zu ${p.of === 'others' ? 'den anderen' : 'dem Clip'} mit ${p.wants} passt.`,
    todo: 'Zieh die Masken dieses Clips hierher, alle gleich groß und mit den Seitenverhältnissen des Clips. Um Bilder stattdessen als Clip zu öffnen, leg sie in einen Ordner namens frames.',
  }),
};

const ENDS: Translated<typeof DIVERGED> = {
  loss: 'Der Verlust ist keine Zahl mehr.',
  clusters:
    'Die Aufmerksamkeit zerfällt, bei welchem τ auch immer, nicht mehr in so viele Cluster wie am Anfang.',
  collapsed:
    'Die Aufmerksamkeit ist zusammengefallen: Ein Token achtet auf weniger als einen pro Einzelbild.',
};

const CHECKPOINTS: Translated<typeof CHECKPOINT_FAULTS> = {
  model: (p) => `Er ist von ${p.is}, nicht von ${p.wants}.`,
  recipe: (p) => `Sein Rezept ist anders, und zwar bei ${p.differs}.`,
  'no-state': 'Er enthält Gewichte, aber keinen Stand eines Trainings.',
  lacks: (p) => `Ihm fehlt ${p.name}.`,
  unreadable: 'Sein Stand des Trainings ist nicht lesbar.',
};

const germanTrainErrors = ({ say }: Tools): TranslatedErrors<typeof TRAIN_ERRORS> => ({
  'train/no-device': (p) => ({
    what: `Hier lässt sich auf ${p.device === 'webgpu' ? 'der GPU' : 'der CPU'} nicht trainieren.`,
    todo: 'Wähl unter Einstellungen bei „Rechnet auf“ etwas anderes, oder nimm einen Browser und Rechner, die es bieten.',
  }),
  'train/no-clip': (p) => ({
    what: `Kein Clip ist lang genug, um daraus zu lernen: Der längste hat ${p.frames} Einzelbilder, gebraucht werden ${p.needed}.`,
    todo: 'Nimm längere Clips, oder einen kleineren Bildabstand.',
  }),
  'train/diverged': (p) => ({
    what: `Das Training wurde bei Schritt ${p.iteration} beendet. ${ENDS[p.why]}`,
    todo: 'Behalte den letzten guten Stand, oder trainiere noch einmal mit einer kleineren Lernrate.',
  }),
  'train/checkpoint': (p) => ({
    what: `Mit diesem Checkpoint kann das Training nicht weitergehen. ${say(CHECKPOINTS, p.why)}`,
    todo: 'Gib den Checkpoint, den genau dieses Modell mit diesem Rezept geschrieben hat, oder fang neu an.',
  }),
});

const LINKS: Translated<typeof LINK_FAULTS> = { page: 'Dort liegt eine Webseite' };

const germanRefusals = ({ bytes }: Formats): Translated<typeof REFUSALS> => ({
  'no-room': 'Der Browser hat für diese Seite keinen Platz mehr',
  denied: 'Der Browser lässt diese Seite nichts speichern',
  'too-large': (p) => `Er ist größer als ${bytes(p.most)}`,
});

const germanProjectFaults = ({ formats, explain }: Tools): Translated<typeof PROJECT_FAULTS> => ({
  overlap: 'Die Dateien darin liegen übereinander',
  unpacks: 'Entpackt ist es größer als jedes Projekt',
  'clip-unpacks': 'Der Clip darin ist entpackt viel größer, als er gepackt war',
  missing: (p) => `${p.file} fehlt`,
  'too-large': (p) => `${p.file} ist zu groß`,
  damaged: (p) => `${p.file} ist beschädigt`,
  'no-json': (p) => `${p.file} ist kein JSON`,
  'empty-clip': (p) => `${p.file} aus dem Clip darin ist leer`,
  'damaged-clip': 'Der Clip darin ist beschädigt',
  'many-files': (p) => `Es enthält mehr als ${formats.count(p.most)} Dateien`,
  outside: (p) => `Eine Datei darin käme außerhalb zu liegen, als „${p.file}“`,
  'no-zip': 'Es ist kein ZIP-Archiv, oder es ist abgeschnitten',
  edit: 'Eine Bearbeitung nennt etwas, das nicht da ist',
  class: 'Ein Objekt hat eine Klasse, die nicht da ist',
  reviewed: 'Die geprüften Einzelbilder sind nicht die des Clips',
  // The sentence goes on.
  settings: (p) => explain(p.failed).what.replace(/\.$/, ''),
  frames: 'Die Einzelbilder sind nicht die des Clips',
  labels: 'Die Labels passen nicht zum Raster',
  cluster: 'Ein Cluster ist beschrieben, den es nicht gibt',
  levels: 'Die Stufen passen nicht zueinander',
  parts: 'Die Teile passen nicht zu den Stufen',
  followed: 'Die verfolgten Einzelbilder passen nicht zum Raster',
  leaves: 'Die kleinsten Teile passen nicht zu den verfolgten Einzelbildern',
  stroke: 'Ein Strich hat Token, die nicht da sind',
  prompted: 'Ein angeklicktes Objekt hat Token, die nicht da sind',
});

function germanAppErrors(tools: Tools): TranslatedErrors<typeof APP_ERRORS> {
  const { formats, say, explain } = tools;
  const refusals = germanRefusals(formats);
  const projectFaults = germanProjectFaults(tools);
  const mark = ({ width, height, frameCount }: { width: number; height: number; frameCount: number }) =>
    `${width} × ${height} Pixel und ${frameCount} ${frameCount === 1 ? 'Einzelbild' : 'Einzelbilder'}`;
  return {
    'link/no-sample': (p) => ({
      what: `Dieser Link verlangt das Beispiel „${p.id}“, das es hier nicht gibt.`,
      todo:
        p.ids === ''
          ? 'Diese Seite kam ohne Beispiele. Zieh einen eigenen Clip hierher.'
          : `Die Beispiele sind ${p.ids}.`,
    }),
    'link/elsewhere': (p) => ({
      what: `Dieser Link verlangt einen Clip unter „${p.what}“, der nicht auf ${p.host} liegt.`,
      todo: 'Lade den Clip selbst herunter und zieh ihn hierher: Diese Seite holt Clips nur von dort, wo sie selbst liegt.',
    }),
    'link/missing': (p) => ({
      what: `Dieser Link verlangt den Clip „${p.what}“, der sich nicht holen ließ: ${say(LINKS, p.why)}.`,
      todo: 'Prüf die Adresse nach „#clip=“. Sie ist relativ zu dieser Seite.',
    }),
    'queue/not-done': () => ({
      what: 'Nicht jedes Einzelbild dieses Clips hat seine Masken.',
      todo: 'Öffne den Clip, drück Segmentieren, und exportiere ihn, sobald das fertig ist.',
    }),
    'queue/not-all': (p) => ({
      what: `${p.done} von ${p.total} Clips wurden exportiert. ${p.failed.map(({ name, error }) => `${name}: ${explain(error).what}`).join(' ')}`,
      todo: 'Öffne die Clips, die fehlen, und exportiere jeden für sich.',
    }),
    'truth/frames': (p) => ({
      what: `Der Clip hat keine Einzelbilder für die Masken mit den Nummern ${p.keys}: Er geht von ${p.first} bis ${p.last}.`,
      todo: 'Zieh die Masken dieses Clips hierher; jede braucht die Nummer ihres Einzelbilds im Namen.',
    }),
    'truth/several': (p) => ({
      what: `Diese Dateien enthalten mehrere Clips mit Masken: ${p.names}.`,
      todo: 'Zieh die Einzelbilder und Masken eines Clips hierher; für einen ganzen Datensatz gibt es unprompted eval.',
    }),
    'truth/no-clip': () => ({
      what: 'Das sind Masken, aber es ist kein Clip offen, der sich damit vergleichen ließe.',
      todo: 'Öffne zuerst den Clip, dann zieh seine Masken hierher.',
    }),
    'project/bad': (p) => ({
      what: `${p.name} ist nicht als Projekt lesbar: ${say(projectFaults, p.detail)}.`,
      todo: 'Nimm eine andere Kopie davon, oder öffne den Clip selbst und segmentiere ihn neu.',
    }),
    'project/newer': (p) => ({
      what: `${p.name} wurde von einer neueren Version dieser Seite geschrieben.`,
      todo: 'Lade diese Seite neu, um die neueste Version zu bekommen, und öffne es noch einmal.',
    }),
    'project/no-clip': (p) => ({
      what: `In „${p.name}“ ist keine Kopie des Clips ${p.clip}.`,
      todo: `Zieh ${p.clip} hierher, um weiterzumachen, wo du aufgehört hast.`,
    }),
    'project/other-clip': (p) => ({
      what: `Das ist nicht der Clip von „${p.name}“: Der hat ${mark(p.wants)}, dieser ${mark(p.found)}.`,
      todo: 'Zieh den Clip hierher, aus dem das Projekt entstanden ist.',
    }),
    'project/not-kept': (p) => ({
      what: `Diese Arbeit ist nicht in diesem Browser gespeichert: ${say(refusals, p.detail)}.`,
      todo: 'Speichere eine Projektdatei, bevor du gehst; um Platz zu machen, vergiss Clips auf der ersten Seite.',
    }),
    'project/clip-not-kept': (p) => ({
      what: `Die Arbeit ist in diesem Browser gespeichert, aber nicht der Clip ${p.clip} selbst: ${say(refusals, p.why)}.`,
      todo: 'Halt den Clip bereit: Neu geladen fragt diese Seite danach. Oder speichere eine Projektdatei mit ihrem Clip.',
    }),
    'project/not-remembered': () => ({
      what: 'Die Arbeit ist in diesem Browser gespeichert, aber er lässt diesen Tab sich nicht merken, was offen war.',
      todo: 'Neu geladen öffnest du den Clip wieder von der ersten Seite aus.',
    }),
  };
}

/** The errors that the page may show besides the engine's, in German. */
export const germanPageErrors = (tools: Tools) => ({
  ...GERMAN_EVALUATE_ERRORS,
  ...germanTrainErrors(tools),
  ...germanAppErrors(tools),
});
