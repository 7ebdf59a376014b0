/** Draws a scene by casting rays: frames with shadows and smooth edges, and the exact label of every pixel. */
import type { Camera, Scene, SceneObject } from './scene.ts';
import { boundingRadius, FAR, INTERSECT, type Intersect, normalAt, type Shape } from './shapes.ts';
import { sampleTexture, type Texture } from './textures.ts';
import {
  add,
  apply,
  cross,
  dot,
  type Matrix,
  mix,
  normalise,
  scale,
  subtract,
  transpose,
  type Vector,
} from './vector.ts';

export interface Rendered {
  width: number;
  height: number;
  /** [height, width, 3], sRGB. */
  rgb: Uint8Array;
  /** [height, width]: 0 background, object i has i + 1. What the middle of the pixel shows. */
  labels: Uint16Array;
}

/** Where a pixel is sampled again beside its middle: a square turned by 27°, so that no two share a row or column. */
const SAMPLES: readonly (readonly [number, number])[] = [
  [0.375, 0.125],
  [0.875, 0.375],
  [0.125, 0.625],
  [0.625, 0.875],
];
/** Neighbours that differ by more than this share of their light make a pixel worth more samples. */
const ROUGH = 0.08;
const AMBIENT = 0.35;

/** Draws one frame. */
export function renderFrame(scene: Scene, frame: number, width: number, height: number): Rendered {
  const world: World = { scene, solids: scene.objects.map((object) => solidOf(object, frame)) };
  const camera = scene.cameras[frame]!;
  const look = rays(camera, width, height);
  const labels = new Uint16Array(width * height);
  const middle = new Float32Array(width * height * 3);
  for (let pixel = 0; pixel < labels.length; pixel++) {
    const seen = trace(world, camera.position, look((pixel % width) + 0.5, Math.floor(pixel / width) + 0.5));
    labels[pixel] = seen.index + 1;
    middle.set(seen.colour, pixel * 3);
  }
  const rgb = new Uint8Array(width * height * 3);
  for (let pixel = 0; pixel < labels.length; pixel++) {
    const [x, y] = [pixel % width, Math.floor(pixel / width)];
    let sum: Vector = [middle[3 * pixel]!, middle[3 * pixel + 1]!, middle[3 * pixel + 2]!];
    const more = isRough(middle, x, y, width, height) ? SAMPLES : [];
    for (const [sx, sy] of more) sum = add(sum, trace(world, camera.position, look(x + sx, y + sy)).colour);
    for (let c = 0; c < 3; c++) rgb[3 * pixel + c] = Math.round(255 * encode(sum[c]! / (more.length + 1)));
  }
  return { width, height, rgb, labels };
}

/** Whether a pixel's colour differs from one beside, above or below it. */
function isRough(middle: Float32Array, x: number, y: number, width: number, height: number): boolean {
  const pixel = y * width + x;
  return (
    (x > 0 && differs(middle, pixel, pixel - 1)) ||
    (x + 1 < width && differs(middle, pixel, pixel + 1)) ||
    (y > 0 && differs(middle, pixel, pixel - width)) ||
    (y + 1 < height && differs(middle, pixel, pixel + width))
  );
}

function differs(middle: Float32Array, a: number, b: number): boolean {
  for (let c = 0; c < 3; c++) {
    const [p, q] = [middle[3 * a + c]!, middle[3 * b + c]!];
    if (Math.abs(p - q) > ROUGH * Math.max(p, q, 0.05)) return true;
  }
  return false;
}

interface Solid {
  shape: Shape;
  texture: Texture;
  gloss: number;
  position: Vector;
  orientation: Matrix;
  toOwn: Matrix;
  intersect: Intersect;
  radius: number;
}

interface World {
  solids: readonly Solid[];
  scene: Scene;
}

function solidOf({ shape, texture, gloss, poses }: SceneObject, frame: number): Solid {
  const { position, orientation } = poses[frame]!;
  const [intersect, radius] = [INTERSECT[shape.kind], boundingRadius(shape)];
  return { shape, texture, gloss, position, orientation, toOwn: transpose(orientation), intersect, radius };
}

/** Unit direction of the ray through a point of the picture, in pixels from its top left corner. */
function rays({ position, target, view }: Camera, width: number, height: number) {
  const ahead = normalise(subtract(target, position));
  const right = normalise(cross(ahead, [0, 0, 1]));
  const up = cross(right, ahead);
  const half = Math.tan(view / 2);
  return (x: number, y: number): Vector => {
    const across = scale(right, (half * (2 * x - width)) / height);
    return normalise(add(add(ahead, across), scale(up, (half * (height - 2 * y)) / height)));
  };
}

/** The solid that a ray meets first: its index, or -1 and FAR. */
function nearest(solids: readonly Solid[], from: Vector, direction: Vector, any = false) {
  let [index, distance] = [-1, FAR];
  for (let i = 0; i < solids.length; i++) {
    const { position, radius, toOwn, intersect, shape } = solids[i]!;
    const [ox, oy, oz] = [from[0] - position[0], from[1] - position[1], from[2] - position[2]];
    const along = ox * direction[0] + oy * direction[1] + oz * direction[2];
    const gap = ox * ox + oy * oy + oz * oz - radius * radius;
    if (along * along < gap || (along > 0 && gap > 0)) continue;
    const [a, b, c] = toOwn;
    const t = intersect(
      shape.size,
      a[0] * ox + a[1] * oy + a[2] * oz,
      b[0] * ox + b[1] * oy + b[2] * oz,
      c[0] * ox + c[1] * oy + c[2] * oz,
      dot(a, direction),
      dot(b, direction),
      dot(c, direction),
    );
    if (t < distance) {
      [index, distance] = [i, t];
      if (any) break;
    }
  }
  const floor = direction[2] < 0 ? -from[2] / direction[2] : FAR;
  return floor < distance && !any ? { index: -1, distance: floor } : { index, distance };
}

/** What a ray sees: the index of the solid, -1 for the background, and its linear colour. */
function trace(world: World, from: Vector, direction: Vector): { index: number; colour: Vector } {
  const { solids, scene } = world;
  const { index, distance } = nearest(solids, from, direction);
  if (distance === FAR) return { index, colour: sampleTexture(scene.sky, direction) };
  const point = add(from, scale(direction, distance));
  if (index < 0) {
    const ground = lit(world, point, [0, 0, 1], sampleTexture(scene.floor, point), 0, direction);
    // Far floor fades into the sky, before its pattern gets too fine for the pixels.
    const fade = Math.min(1, (distance - 6) / 10);
    return { index, colour: fade <= 0 ? ground : mix(ground, sampleTexture(scene.sky, direction), fade) };
  }
  const { shape, texture, gloss, position, orientation, toOwn } = solids[index]!;
  const own = apply(toOwn, subtract(point, position));
  const normal = apply(orientation, normalAt(shape, own));
  return { index, colour: lit(world, point, normal, sampleTexture(texture, own), gloss, direction) };
}

/** Lambert's law with one light that casts shadows, light from all over the sky, and a highlight (Blinn). */
function lit(
  { solids, scene: { light } }: World,
  point: Vector,
  normal: Vector,
  surface: Vector,
  gloss: number,
  direction: Vector,
): Vector {
  const ambient = AMBIENT * (0.65 + 0.35 * normal[2]);
  const facing = dot(normal, light);
  if (facing <= 0) return scale(surface, ambient);
  const start = add(point, scale(normal, 2e-3));
  if (nearest(solids, start, light, true).index >= 0) return scale(surface, ambient);
  const highlight = gloss * Math.max(0, dot(normal, normalise(subtract(light, direction)))) ** 40;
  return add(scale(surface, ambient + 0.95 * facing), [highlight, highlight, highlight]);
}

/** sRGB of a linear value, 0 to 1. */
function encode(linear: number): number {
  const value = Math.min(1, linear);
  return value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055;
}
