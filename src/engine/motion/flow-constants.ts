// Constants of dense inverse search for TypeScript, for WGSL (flow-webgpu.ts writes them in) and for AssemblyScript, which wants
// plain numbers and nothing else in this file.

/** Side of a patch, in pixels. */
export const PATCH = 8;

/** Pixels repeated around every level, so that a patch may hang over the border. */
export const BORDER = 16;

/** A patch that begins further left than this, with the few pixels behind a last patch, lies beyond the border as a whole. */
export const BEYOND = 15;

/** Patches inherit from their neighbours within a horizontal stripe of the grid alone: so many stripes. */
export const STRIPES = 8;

/** Times that all patches of a stripe are gone through: forwards, then backwards. */
export const PASSES = 2;

/** A determinant of a structure tensor is at least this: a flat patch stays where it is. */
export const LEAST_DETERMINANT = 1e-3;

/** Numbers kept of a patch: its inverse structure tensor (xx, xy, yy) and its mean derivatives (x, y). */
export const TENSOR = 5;
