/** Scenes: what lies and moves where, decided by a seed. Lengths are metres, z is up, the floor is z = 0. */
import { createRandom, type Random } from './random.ts';
import { boundingRadius, reach, type Shape, type ShapeKind } from './shapes.ts';
import { colour, randomTexture, type Texture } from './textures.ts';
import {
  add,
  apply,
  cross,
  dot,
  type Matrix,
  mix,
  multiply,
  normalise,
  rotation,
  scale,
  subtract,
  transpose,
  type Vector,
} from './vector.ts';

/** Where a solid is in a frame. */
export interface Pose {
  position: Vector;
  /** Its own coordinates to the world's. */
  orientation: Matrix;
}

export interface SceneObject {
  shape: Shape;
  texture: Texture;
  /** Share of light that it mirrors at its brightest. */
  gloss: number;
  /** One per frame. */
  poses: Pose[];
}

export interface Camera {
  position: Vector;
  target: Vector;
  /** Vertical angle of view, radians. */
  view: number;
}

export interface Scene {
  seed: number;
  /** Label in masks: place + 1. */
  objects: SceneObject[];
  /** One per frame; position and target move in straight lines, as in MOVi-E. */
  cameras: Camera[];
  floor: Texture;
  sky: Texture;
  /** Unit, towards the light. */
  light: Vector;
}

export interface SceneOptions {
  seed: number;
  frames: number;
  /** How many objects at least and at most. */
  objects: readonly [number, number];
}

const SHAPES: readonly ShapeKind[] = ['sphere', 'box', 'cylinder', 'torus'];
/** Frames a second, and steps of the motion a frame. */
const RATE = 12;
const STEPS = 16;
const GRAVITY = 9.81;

/** Makes a scene: the same seed and options give the same scene. */
export function createScene({ seed, frames, objects: [fewest, most] }: SceneOptions): Scene {
  const random = createRandom(seed);
  const count = Math.floor(random.between(fewest, most + 1));
  const bodies: Body[] = [];
  for (let i = 0; i < count; i++) bodies.push(createBody(random, bodies));
  const poses = bodies.map((): Pose[] => []);
  for (let frame = 0; frame < frames; frame++) {
    for (const [i, { position, orientation }] of bodies.entries()) poses[i]!.push({ position, orientation });
    for (let step = 0; step < STEPS; step++) advance(bodies, 1 / (RATE * STEPS));
  }
  const light = normalise([random.between(-0.7, 0.7), random.between(-0.9, -0.1), random.between(0.7, 1.1)]);
  return {
    seed,
    objects: bodies.map(({ shape }, i) => ({
      shape,
      texture: randomTexture(random, boundingRadius(shape), [0.8, 2.5]),
      gloss: random.pick([0, 0.1, 0.4]),
      poses: poses[i]!,
    })),
    cameras: createCameras(random, frames),
    floor: muted(randomTexture(random, 1, [0.4, 1.6])),
    sky: skyTexture(random),
    light,
  };
}

/** A solid while it moves. */
interface Body {
  shape: Shape;
  radius: number;
  mass: number;
  position: Vector;
  velocity: Vector;
  orientation: Matrix;
  /** Angular velocity, radians a second. */
  spin: Vector;
  bounce: number;
}

/** A body in a free place: half of them lie or slide on the floor, half are thrown in from above. */
function createBody(random: Random, others: readonly Body[]): Body {
  const shape = randomShape(random);
  const radius = boundingRadius(shape);
  const thrown = random.pick([true, false]);
  for (let spread = 1.3; ; spread += 0.05) {
    const around = random.between(0, 2 * Math.PI);
    const out = spread * Math.sqrt(random.between(0.05, 1));
    const place: Vector = [
      out * Math.cos(around),
      out * Math.sin(around),
      thrown ? random.between(0.9, 1.9) : 0,
    ];
    const turned =
      thrown || shape.kind === 'sphere' ? randomTurn(random) : rotation([0, 0, random.between(0, 6)]);
    const position: Vector = thrown ? place : [place[0], place[1], height(shape, turned)];
    const free = others.every((other) => distance(other.position, position) > other.radius + radius);
    if (!free) continue;
    // Towards the middle, so that they meet, more or less fast.
    const inwards = scale([-place[0], -place[1], 0], random.pick([0, 0.5, 1.2]) / Math.max(out, 0.3));
    const aside: Vector = [
      random.between(-0.6, 0.6),
      random.between(-0.6, 0.6),
      thrown ? random.between(-1, 1.5) : 0,
    ];
    const velocity = add(inwards, aside);
    const spin: Vector = thrown
      ? [random.between(-4, 4), random.between(-4, 4), random.between(-4, 4)]
      : [0, 0, random.between(-2, 2)];
    const bounce = random.between(0.3, 0.7);
    return { shape, radius, mass: radius ** 3, position, velocity, orientation: turned, spin, bounce };
  }
}

function randomShape(random: Random): Shape {
  const kind = random.pick(SHAPES);
  const size = random.between(0.22, 0.5);
  const vary = () => size * random.between(0.5, 1);
  switch (kind) {
    case 'sphere':
      return { kind, size: [size * 0.85, 0, 0] };
    case 'box':
      return { kind, size: [vary(), vary(), vary()] };
    case 'cylinder':
      return { kind, size: [vary(), 0, vary()] };
    case 'torus':
      return { kind, size: [size * 0.7, 0, size * random.between(0.2, 0.32)] };
  }
}

function randomTurn(random: Random): Matrix {
  const axis = (): number => random.between(-Math.PI, Math.PI);
  return rotation([axis(), axis(), axis()]);
}

/** How high above the floor the middle of a shape is that touches it. */
function height(shape: Shape, orientation: Matrix): number {
  return reach(shape, apply(transpose(orientation), [0, 0, -1]));
}

function distance(a: Vector, b: Vector): number {
  return Math.sqrt(dot(subtract(a, b), subtract(a, b)));
}

/** Moves all bodies on by `time` seconds: they fall, bounce off the floor and off each other, roll and slide to rest. */
function advance(bodies: Body[], time: number): void {
  for (const body of bodies) {
    body.velocity = add(body.velocity, [0, 0, -GRAVITY * time]);
    body.position = add(body.position, scale(body.velocity, time));
    body.orientation = multiply(rotation(scale(body.spin, time)), body.orientation);
    meetFloor(body, time);
  }
  for (const [i, a] of bodies.entries()) for (const b of bodies.slice(i + 1)) meet(a, b);
}

function meetFloor(body: Body, time: number): void {
  const lowest = height(body.shape, body.orientation);
  const [x, y, z] = body.position;
  if (z > lowest) return;
  body.position = [x, y, lowest];
  const [vx, vy, vz] = body.velocity;
  const up = vz < -0.4 ? -vz * body.bounce : Math.max(0, vz);
  const rolls = body.shape.kind === 'sphere';
  const slows = Math.exp(-time * (rolls ? 0.3 : 2.5));
  body.velocity = [vx * slows, vy * slows, up];
  body.spin = rolls
    ? [-vy / lowest, vx / lowest, body.spin[2] * slows]
    : add(scale(body.spin, Math.exp(-time * 12)), scale(tipping(body), 80 * time));
}

/** The turn, as an axis times its sine, that lays a solid on the side that it is nearest to resting on. */
function tipping({ shape: { kind }, orientation }: Body): Vector {
  const axes = transpose(orientation);
  const steepest = axes.reduce((a, b) => (Math.abs(b[2]) > Math.abs(a[2]) ? b : a));
  const axis = kind === 'box' ? steepest : axes[2];
  if (kind !== 'cylinder' || Math.abs(axis[2]) > 0.7) return cross(axis, [0, 0, Math.sign(axis[2])]);
  return cross(axis, normalise([axis[0], axis[1], 0]));
}

/** Two balls that touch exchange momentum along the line between their middles. */
function meet(a: Body, b: Body): void {
  const between = subtract(b.position, a.position);
  const apart = Math.sqrt(dot(between, between));
  const overlap = a.radius + b.radius - apart;
  if (overlap <= 0 || apart === 0) return;
  const towards = scale(between, 1 / apart);
  const total = a.mass + b.mass;
  a.position = subtract(a.position, scale(towards, (overlap * b.mass) / total));
  b.position = add(b.position, scale(towards, (overlap * a.mass) / total));
  const closing = dot(subtract(a.velocity, b.velocity), towards);
  if (closing <= 0) return;
  const impulse = (closing * (1 + Math.min(a.bounce, b.bounce)) * a.mass * b.mass) / total;
  a.velocity = subtract(a.velocity, scale(towards, impulse / a.mass));
  b.velocity = add(b.velocity, scale(towards, impulse / b.mass));
}

function createCameras(random: Random, frames: number): Camera[] {
  const around = random.between(-0.5, 0.5) - Math.PI / 2;
  const far = random.between(3.9, 4.9);
  const start: Vector = [far * Math.cos(around), far * Math.sin(around), random.between(1.2, 2.6)];
  const way: Vector = [random.between(-1.2, 1.2), random.between(-0.6, 0.6), random.between(-0.4, 0.4)];
  const target: Vector = [random.between(-0.2, 0.2), random.between(-0.2, 0.2), random.between(0.35, 0.6)];
  const drift: Vector = [random.between(-0.3, 0.3), random.between(-0.3, 0.3), 0];
  return Array.from({ length: frames }, (_, frame) => {
    const t = frames > 1 ? frame / (frames - 1) : 0;
    return { position: add(start, scale(way, t)), target: add(target, scale(drift, t)), view: 0.65 };
  });
}

/** The same texture, half way to grey: a ground that objects stand out from. */
function muted(texture: Texture): Texture {
  const grey = (c: Vector): Vector => {
    const light = (c[0] + c[1] + c[2]) / 3;
    return mix(c, [light, light, light], 0.55);
  };
  return { ...texture, colours: [grey(texture.colours[0]), grey(texture.colours[1])] };
}

function skyTexture(random: Random): Texture {
  const hue = random.between(0, 1);
  const pale = colour(hue, random.between(0.1, 0.4), random.between(0.6, 0.95));
  return {
    pattern: 'noise',
    colours: [pale, scale(pale, random.between(0.4, 0.7))],
    frequency: random.between(1.5, 4),
    offset: [random.between(0, 100), random.between(0, 100), random.between(0, 100)],
  };
}
