import type { Command } from '../command.ts';
import { command as evaluate } from './eval.ts';
import { command as merge } from './merge.ts';
import { command as models } from './models.ts';
import { command as score } from './score.ts';
import { command as segment } from './segment.ts';
import { command as synth } from './synth.ts';
import { command as train } from './train.ts';

/** Every command, in the order in which `--help` lists them. */
export const commands: readonly Command[] = [segment, merge, evaluate, score, train, synth, models];
