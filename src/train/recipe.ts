import { failure } from './errors.ts';

/** What stands for motion in L_m (Table 6): rows of A_v, or of the correlation of F_v with itself, whole or near. */
export const MOTIONS = ['attention', 'global', 'local'] as const;
export type MotionRepresentation = (typeof MOTIONS)[number];

/** The objective. `paper` is Eqs. 4-9; `released` is what the authors' code does. docs/training.md lists the differences. */
export type Objective = 'paper' | 'released';

/** `keys`: the block attends at first as the backbone's own keys do; `random`: as the paper's does, with random weights. */
export const STARTS = ['keys', 'random'] as const;

/** Everything that decides the trained weights. Plain data: the same recipe, clips and seed give the same weights. */
export interface Recipe {
  objective: Objective;
  /** T: frames of a training clip (Table 5). */
  frames: number;
  /** Clip frames from one training frame to the next (Table 5). */
  stride: number;
  /** Each step may be longer or shorter by up to this many frames. */
  strideJitter: number;
  /** K_p and K_n of Eq. 4. */
  positives: number;
  negatives: number;
  /** λ1 of Eq. 5 and λ2 of Eq. 6. */
  semanticMargin: number;
  motionMargin: number;
  /** Table 3: which terms count. */
  semantic: boolean;
  motion: boolean;
  weighted: boolean;
  /** Whether w (Eq. 8) is differentiated too, as Eq. 9 read to the letter asks. */
  weightGradient: boolean;
  motionRepresentation: MotionRepresentation;
  /** Tokens of each frame that act as queries i; null: every token, as in Eq. 9. */
  queries: number | null;
  start: (typeof STARTS)[number];
  /** Heads of the block's attention; null: the backbone's own. */
  heads: number | null;
  /** Learnable position embedding a frame. */
  temporalPositions: boolean;
  /** Share of attention weights, and of the outputs of the projection and the MLP, that are dropped. */
  attentionDropout: number;
  dropout: number;
  learningRate: number;
  /** Where the cosine schedule ends. */
  finalLearningRate: number;
  /** Iterations of linear warm-up from 0. */
  warmup: number;
  weightDecay: number;
  /** Updates of the weights; 0 leaves the start as it is, with a τ that suits it. */
  iterations: number;
  /** Training clips whose gradients make one iteration. */
  batch: number;
  /** Pixels of a training frame. */
  height: number;
  width: number;
  /** Different augmentations drawn of one frame triple; their features are computed once. */
  variants: number;
  /** Least share of the frame that a random crop keeps; 1: no crop. */
  cropScale: number;
  /** Most that brightness, contrast and saturation change, as a share. */
  colourJitter: number;
  flip: boolean;
  seed: number;
}

const PAPER: Recipe = {
  objective: 'paper',
  frames: 3,
  stride: 4,
  strideJitter: 1,
  positives: 10,
  negatives: 50,
  semanticMargin: 0.8,
  motionMargin: 1,
  semantic: true,
  motion: true,
  weighted: true,
  weightGradient: true,
  motionRepresentation: 'attention',
  queries: null,
  start: 'keys',
  heads: 8,
  temporalPositions: true,
  attentionDropout: 0,
  dropout: 0,
  learningRate: 1e-4,
  finalLearningRate: 1e-6,
  warmup: 0,
  weightDecay: 0.1,
  iterations: 30_000,
  batch: 16,
  height: 192,
  width: 384,
  variants: 8,
  cropScale: 0.5,
  colourJitter: 0.4,
  flip: true,
  seed: 0,
};

/** The recipes that can be asked for by name. */
export const RECIPES = {
  paper: PAPER,
  /**
   * Eight random places of every frame are queries, their rows and weights taken as constants; L_s asks cosines of the
   * 30 nearest to be above 0.9 and of the 200 farthest to be below 0.1; L_m looks only inside the query's own frame.
   */
  released: {
    ...PAPER,
    objective: 'released',
    semanticMargin: 0.1,
    weightGradient: false,
    queries: 8,
    temporalPositions: false,
    attentionDropout: 0.4,
    dropout: 0.1,
    learningRate: 4e-5,
    iterations: 60_000,
    batch: 2,
  },
} satisfies Record<string, Recipe>;

/** Throws `run/bad-setting` where the recipe cannot be followed on frames of `tokens` tokens. */
export function checkRecipe(recipe: Recipe, tokens: number): void {
  const { positives, negatives, queries } = recipe;
  const need = (ok: boolean, name: keyof Recipe, wants: string) => {
    if (!ok) throw failure('run/bad-setting', { name, value: String(recipe[name]), wants });
  };
  need(Number.isInteger(recipe.frames) && recipe.frames >= 2, 'frames', 'a whole number of 2 or more');
  need(recipe.stride - recipe.strideJitter >= 1, 'stride', 'at least 1 more than its jitter');
  need(positives >= 1 && positives < tokens, 'positives', `from 1 to ${tokens - 1}`);
  need(
    negatives >= 1 && positives + negatives <= tokens,
    'negatives',
    `at most ${tokens - positives}, so that a frame's ${tokens} tokens hold positives and negatives`,
  );
  need(queries === null || (queries >= 1 && queries <= tokens), 'queries', `from 1 to ${tokens}`);
  need(recipe.semantic || recipe.motion, 'semantic', 'on where motion is off');
  need(recipe.iterations >= 0, 'iterations', '0 or more');
  need(recipe.batch >= 1, 'batch', '1 or more');
  need(recipe.cropScale > 0 && recipe.cropScale <= 1, 'cropScale', 'above 0 and at most 1');
}
