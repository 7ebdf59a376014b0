import { MOTIONS, RECIPES, type Recipe, STARTS } from '../src/train/recipe.ts';
import { type Options, usage, type Values } from './command.ts';

/** The options that change a recipe. Defaults are the recipe's and the model's. */
export const recipeOptions = {
  recipe: {
    type: 'string',
    value: 'NAME',
    help: `${Object.keys(RECIPES).join(', ')}; docs/training.md says how they differ`,
  },
  iterations: { type: 'string', value: 'N', help: 'updates of the weights; 0 keeps the untrained start' },
  batch: { type: 'string', value: 'N', help: 'training clips of one update' },
  'learning-rate': { type: 'string', value: 'X', help: 'at the start; it falls along a cosine' },
  'weight-decay': { type: 'string', value: 'X', help: 'of matrices' },
  seed: { type: 'string', value: 'N', help: 'decides everything that is drawn' },
  size: { type: 'string', value: 'HxW', help: 'pixels of a training frame, as in 96x192' },
  frames: { type: 'string', value: 'T', help: 'frames of a training clip (Table 5)' },
  stride: { type: 'string', value: 'N', help: 'frames of the clip from one to the next (Table 5)' },
  variants: { type: 'string', value: 'N', help: 'different crops and moments of each clip' },
  positives: { type: 'string', value: 'N', help: 'K_p of Eq. 4' },
  negatives: { type: 'string', value: 'N', help: 'K_n of Eq. 4' },
  'semantic-margin': { type: 'string', value: 'X', help: 'λ1 of Eq. 5' },
  'motion-margin': { type: 'string', value: 'X', help: 'λ2 of Eq. 6' },
  start: { type: 'string', value: 'HOW', help: `${STARTS.join(', ')}: what the block attends like at first` },
  heads: { type: 'string', value: 'N', help: 'of the correlator; the backbone’s own by default' },
  motion: { type: 'string', value: 'WHAT', help: `what stands for motion: ${MOTIONS.join(', ')} (Table 6)` },
  'no-semantic': { type: 'boolean', help: 'leave out L_s (Table 3)' },
  'no-motion': { type: 'boolean', help: 'leave out L_m (Table 3)' },
  'no-weights': { type: 'boolean', help: 'let every token count alike (Table 3)' },
  'no-temporal': { type: 'boolean', help: 'no position embedding of frames' },
} satisfies Options;

type Typed = Values<typeof recipeOptions>;

/** The name of the recipe that was typed. Throws `cli/usage`. */
export function recipeName(values: Typed): keyof typeof RECIPES {
  const name = values.recipe ?? 'paper';
  if (Object.hasOwn(RECIPES, name)) return name as keyof typeof RECIPES;
  throw usage('train', `--recipe is ${name}, but it has to be ${Object.keys(RECIPES).join(' or ')}.`);
}

/** What was typed, as changes to a recipe. Throws `cli/usage`; the trainer checks whether the values suit each other. */
export function typedRecipe(values: Typed): Partial<Recipe> {
  const wrong = (name: keyof Typed, wants: string) =>
    usage('train', `--${name} is ${values[name]}, but it has to be ${wants}.`);
  const number = (name: keyof Typed, whole: boolean) => {
    const text = values[name];
    if (text === undefined) return undefined;
    const value = Number(text);
    if (text === '' || !Number.isFinite(value) || value < 0) throw wrong(name, 'a number of 0 or more');
    if (whole && !Number.isInteger(value)) throw wrong(name, 'a whole number');
    return value;
  };
  const size = values.size === undefined ? null : /^(\d+)[x×](\d+)$/.exec(values.size);
  if (values.size !== undefined && !size) throw wrong('size', 'HEIGHTxWIDTH, as in 96x192');
  const motion = MOTIONS.find((choice) => choice === values.motion);
  if (values.motion !== undefined && !motion) throw wrong('motion', `one of ${MOTIONS.join(', ')}`);
  const start = STARTS.find((choice) => choice === values.start);
  if (values.start !== undefined && !start) throw wrong('start', `one of ${STARTS.join(', ')}`);
  const stride = number('stride', true);

  const typed: { [Name in keyof Recipe]?: Recipe[Name] | undefined } = {
    iterations: number('iterations', true),
    batch: number('batch', true),
    learningRate: number('learning-rate', false),
    weightDecay: number('weight-decay', false),
    seed: number('seed', true),
    height: size ? Number(size[1]) : undefined,
    width: size ? Number(size[2]) : undefined,
    frames: number('frames', true),
    stride,
    // Table 5's stride of 1 leaves no room for jitter.
    strideJitter: stride === 1 ? 0 : undefined,
    variants: number('variants', true),
    positives: number('positives', true),
    negatives: number('negatives', true),
    semanticMargin: number('semantic-margin', false),
    motionMargin: number('motion-margin', false),
    start,
    heads: number('heads', true),
    motionRepresentation: motion,
    semantic: values['no-semantic'] ? false : undefined,
    motion: values['no-motion'] ? false : undefined,
    weighted: values['no-weights'] ? false : undefined,
    temporalPositions: values['no-temporal'] ? false : undefined,
  };
  return Object.fromEntries(Object.entries(typed).filter(([, value]) => value !== undefined));
}
