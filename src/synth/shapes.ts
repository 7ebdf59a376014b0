/** Solids about the origin of their own coordinates, with z up, that rays can meet. */
import type { Vector } from './vector.ts';

export type ShapeKind = 'sphere' | 'box' | 'cylinder' | 'torus';

export interface Shape {
  kind: ShapeKind;
  /**
   * sphere: [radius, –, –]; box: half edges; cylinder: [radius, –, half height]; torus about z: [radius of the
   * ring's middle, –, radius of the tube].
   */
  size: Vector;
}

/** Nothing is met beyond this distance. */
export const FAR = 1e9;

/** Distance along a ray (unit direction) to a shape's surface seen from outside, FAR where it passes by. */
export type Intersect = (
  [a, b, c]: Vector,
  ox: number,
  oy: number,
  oz: number,
  dx: number,
  dy: number,
  dz: number,
) => number;

/** Nearer than this is the surface that a ray starts from. */
const NEAR = 1e-4;

const sphere: Intersect = ([radius], ox, oy, oz, dx, dy, dz) => {
  const b = ox * dx + oy * dy + oz * dz;
  const root = b * b - (ox * ox + oy * oy + oz * oz - radius * radius);
  if (root < 0) return FAR;
  const t = -b - Math.sqrt(root);
  return t > NEAR ? t : FAR;
};

const box: Intersect = ([a, b, c], ox, oy, oz, dx, dy, dz) => {
  // Slabs: into the last of the three front planes, out of the first of the three back planes.
  const [ix, iy, iz] = [inverse(dx), inverse(dy), inverse(dz)];
  const [nx, ny, nz] = [Math.abs(ix) * a, Math.abs(iy) * b, Math.abs(iz) * c];
  const enter = Math.max(-ox * ix - nx, -oy * iy - ny, -oz * iz - nz);
  const leave = Math.min(-ox * ix + nx, -oy * iy + ny, -oz * iz + nz);
  return enter <= leave && enter > NEAR ? enter : FAR;
};

/** 1/d, finite: a ray along a slab must not make 0 · ∞ of it. */
function inverse(d: number): number {
  return 1 / (Math.abs(d) < 1e-12 ? 1e-12 : d);
}

const cylinder: Intersect = ([radius, , half], ox, oy, oz, dx, dy, dz) => {
  let nearest = FAR;
  const a = dx * dx + dy * dy;
  if (a > 1e-12) {
    const b = ox * dx + oy * dy;
    const root = b * b - a * (ox * ox + oy * oy - radius * radius);
    if (root < 0) return FAR;
    const t = (-b - Math.sqrt(root)) / a;
    if (t > NEAR && Math.abs(oz + t * dz) <= half) nearest = t;
  }
  const cap = (oz > 0 ? half - oz : -half - oz) / dz;
  if (cap > NEAR && cap < nearest) {
    const [x, y] = [ox + cap * dx, oy + cap * dy];
    if (x * x + y * y <= radius * radius) nearest = cap;
  }
  return nearest;
};

const torus: Intersect = ([ring, , tube], ox, oy, oz, dx, dy, dz) => {
  // Sphere tracing inside the bounding ball: each step is as long as the distance to the surface.
  const reach = ring + tube;
  const b = ox * dx + oy * dy + oz * dz;
  const root = b * b - (ox * ox + oy * oy + oz * oz - reach * reach);
  if (root < 0) return FAR;
  const end = -b + Math.sqrt(root);
  for (let t = Math.max(NEAR, -b - Math.sqrt(root)), step = 0; t < end && step < 64; step++) {
    const [x, y, z] = [ox + t * dx, oy + t * dy, oz + t * dz];
    const across = Math.sqrt(x * x + y * y) - ring;
    const distance = Math.sqrt(across * across + z * z) - tube;
    if (distance < 5e-4) return t > 5e-3 ? t : FAR;
    t += distance;
  }
  return FAR;
};

export const INTERSECT: Record<ShapeKind, Intersect> = { sphere, box, cylinder, torus };

/** Outward normal at a point of the surface. */
export function normalAt({ kind, size: [a, b, c] }: Shape, [x, y, z]: Vector): Vector {
  switch (kind) {
    case 'sphere':
      return [x / a, y / a, z / a];
    case 'box': {
      const [px, py, pz] = [Math.abs(x) / a, Math.abs(y) / b, Math.abs(z) / c];
      if (px > py && px > pz) return [Math.sign(x), 0, 0];
      return py > pz ? [0, Math.sign(y), 0] : [0, 0, Math.sign(z)];
    }
    case 'cylinder': {
      const across = Math.sqrt(x * x + y * y);
      return c - Math.abs(z) < a - across ? [0, 0, Math.sign(z)] : [x / across, y / across, 0];
    }
    case 'torus': {
      const across = Math.sqrt(x * x + y * y);
      const out = (across - a) / c;
      return [(x / across) * out, (y / across) * out, z / c];
    }
  }
}

/** Radius of the smallest ball about the origin that holds the shape. */
export function boundingRadius({ kind, size: [a, b, c] }: Shape): number {
  switch (kind) {
    case 'sphere':
      return a;
    case 'box':
      return Math.hypot(a, b, c);
    case 'cylinder':
      return Math.hypot(a, c);
    case 'torus':
      return a + c;
  }
}

/** How far the shape reaches from its middle along a direction, unit and in its own coordinates. */
export function reach({ kind, size: [a, b, c] }: Shape, [x, y, z]: Vector): number {
  const across = Math.sqrt(Math.max(0, 1 - z * z));
  switch (kind) {
    case 'sphere':
      return a;
    case 'box':
      return Math.abs(x) * a + Math.abs(y) * b + Math.abs(z) * c;
    case 'cylinder':
      return across * a + Math.abs(z) * c;
    case 'torus':
      return across * a + c;
  }
}
