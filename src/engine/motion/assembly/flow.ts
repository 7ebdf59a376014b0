// Dense inverse search in AssemblyScript, with SIMD. test/plain-pyramid.ts and test/plain-flow.ts are its twins, and say what and why.
// The host (flow-wasm.ts) lays out the memory (flow.ts) and calls
// - for a frame, from the finest level to the coarsest: begin; round for the first and shrink for the others; surround; derive;
//   sum;
// - for a pair, from the coarsest to the finest: begin; enlarge but for the first; start; search; densify.
// Addresses are in bytes. Numbers in memory are f32. Vectors of four may read and write a little behind a row.

import { densify, enlarge, start } from './dense.ts';
import { begin } from './level.ts';
import { derive, round, shrink, sum, surround } from './pyramid.ts';
import { search } from './search.ts';

export { begin, densify, derive, enlarge, round, search, shrink, start, sum, surround };
