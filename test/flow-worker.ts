// The flow in the middle of a pattern that moves by (1.5, −0.75), for flow.browser.test.ts.

import { FLOW_QUALITIES } from '../src/engine/motion/flow.ts';
import { wasmFlow } from '../src/engine/motion/flow-wasm.ts';
import { pattern } from './flow.ts';

const [width, height] = [64, 48];
const backend = await wasmFlow(FLOW_QUALITIES.full);
const [from, to] = (
  [
    [0, 0],
    [1.5, -0.75],
  ] as const
).map((motion) => backend.prepare(pattern(width, height, motion), width, height));
const [flow] = await backend.flows([[from!, to!]]);
const middle = 2 * ((height / 2) * width + width / 2);
postMessage([...flow!.xy.slice(middle, middle + 2)]);
