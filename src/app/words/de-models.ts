import type { UNSTATED_LICENCE } from '../../engine/model/describe.ts';
import type { ModelEntry, Origin } from '../../engine/weights/types.ts';

const DAVIS = 'J des besten Clusters auf acht Sequenzen von DAVIS-2016';

/** Texts of the models of public/models/manifest.json, by id; a name stays where none is given. */
const GERMAN_MODELS: Readonly<Record<string, { name?: string; summary: string; measure?: string }>> = {
  'ba-tiny-v0': {
    summary:
      'Gehört zur Seite: klein, ohne Beschriftungen trainiert, findet, was sich vom Hintergrund abhebt.',
    measure: DAVIS,
  },
  'ba-tiny-v1': {
    name: 'BA-Tiny, trainiert',
    summary:
      'Auf Videos weiter trainiert: besser bei einem Hauptmotiv, schlechter darin, mehrere Objekte zu unterscheiden.',
    measure: DAVIS,
  },
  'dino-vits8': {
    summary: 'Das Backbone des Papers: feines Raster, die schärfsten Objekte für seine Größe.',
  },
  'dino-vits16': { summary: 'Ein Viertel der Token von S/8: viel schneller, gröbere Umrisse.' },
  'dino-vitb8': { summary: 'Größer als S/8: langsam, am besten auf einer GPU.' },
  'dino-vitb16': { summary: 'Das breite Backbone auf einem groben Raster.' },
  'dinov2-vits14': { summary: 'Stärkere Merkmale auf einem gröberen Raster.' },
  'dinov2-vitb14': {
    summary: 'Das beste FG-ARI des Papers auf beiden Datensätzen; am besten auf einer GPU.',
  },
  'dinov2-vits14-reg4': {
    name: 'DINOv2 ViT-S/14 mit Registern',
    summary: 'Register nehmen die Ausreißer aus den Aufmerksamkeitskarten.',
  },
  'dinov2-vitb14-reg4': {
    name: 'DINOv2 ViT-B/14 mit Registern',
    summary: 'Das breite DINOv2 mit sauberen Aufmerksamkeitskarten; am besten auf einer GPU.',
  },
};

const ORIGINS: Readonly<Record<Origin, string>> = {
  'self-supervised':
    'ohne Klassifikator, daher als selbstüberwacht behandelt: Mittelwert und Streuung von ImageNet, das τ des Papers',
  classifier: 'ein überwachter Klassifikator: Mittelwert und Streuung 0,5, ein höheres τ',
  authors:
    'Backbone und trainierter Correlator in der Anordnung der Autoren, mit ihrem Mittelwert und ihrer Streuung',
};

/** What a weight file of the user's own is. */
function ownSummary({ patch, dim, depth, heads, own }: ModelEntry & { own: NonNullable<ModelEntry['own']> }) {
  const parts = [`Patch ${patch}`, `${dim} Kanäle`, `${depth} Blöcke`, `${heads} Köpfe`];
  if (own.registers > 0) parts.push(`${own.registers} Register`);
  return `${parts.join(', ')}; ${ORIGINS[own.origin]}.`;
}

const UNSTATED: typeof UNSTATED_LICENCE = 'as its source says';

/** A model with its texts in German; what is neither of the manifest nor described here keeps its own. */
export function germanModel(entry: ModelEntry): ModelEntry {
  const { id, measured, own, licence } = entry;
  if (own) {
    const summary = ownSummary({ ...entry, own });
    return { ...entry, summary, licence: licence === UNSTATED ? 'wie ihre Quelle angibt' : licence };
  }
  const texts = Object.hasOwn(GERMAN_MODELS, id) ? GERMAN_MODELS[id] : undefined;
  if (!texts) return entry;
  const { measure = measured?.measure, ...rest } = texts;
  return { ...entry, ...rest, ...(measured && measure && { measured: { ...measured, measure } }) };
}
