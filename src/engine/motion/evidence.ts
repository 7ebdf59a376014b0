import type { Cells, Size } from '../../lib/size.ts';
import { serial } from '../../lib/task.ts';
import type { Shot } from '../video/shots.ts';
import {
  CELL,
  type FrameSize,
  type Luma,
  motionInput,
  type Neighbour,
  type Neighbours,
  warpedCells,
} from './features.ts';
import type { Flow, FlowBackend, FlowImage } from './flow.ts';
import { cameraMotion } from './homography.ts';
import type { MotionNet } from './net.ts';
import { blend, probabilities } from './pool.ts';

/** Frames of the source to the near and the far neighbours. */
const NEAR = 1;
const FAR = 3;
/** Prepared frames that are kept: a frame's neighbours on both sides, and the analysed ones around it. */
const KEPT = 24;

/** What moves by itself in a frame. */
export interface Evidence {
  /** Probability of every cell of the net, [rows, columns]. */
  p: Float32Array;
  /**
   * p for masks: at a shot's ends, where one side is all there is to see, half of it is that of the frame next to it, which flow
   * takes here. Elsewhere the same as p.
   */
  drawn: Float32Array;
  /** Residual motion to the near neighbours, pixels (MotionInput.residual). */
  residual: number;
  /** What of its motion the camera does not explain, [2, cells], pixels a frame. */
  drift: Float32Array;
}

/** Optical flow and motion evidence of a clip's frames, by frame number. Calls take turns. */
export interface Motion {
  readonly size: FrameSize;
  readonly cells: Cells;
  /** Null where a frame has no neighbour in its shot. */
  evidence(frame: number): Promise<Evidence | null>;
  /** Flow from a frame to another, and the luma of both. */
  flow(frame: number, other: number): Promise<{ flow: Flow; own: Luma; other: Luma }>;
  /** Once the calls that wait have ended. */
  release(): Promise<void>;
}

/**
 * @param luma [height, width] of a frame, 0…255
 * @param shots of the clip: neighbours are of the frame's own shot
 */
export function createMotion(
  luma: (frame: number) => Promise<Float32Array>,
  shots: readonly Shot[],
  size: FrameSize,
  backend: FlowBackend,
  net: MotionNet,
): Motion {
  const images = new Map<number, { luma: Float32Array; image: FlowImage }>();
  const turn = serial();

  const prepared = async (frame: number) => {
    const known = images.get(frame);
    if (known) {
      // Those used last go last.
      images.delete(frame);
      images.set(frame, known);
      return known;
    }
    const pixels = await luma(frame);
    const made = { luma: pixels, image: backend.prepare(pixels, size.width, size.height) };
    images.set(frame, made);
    return made;
  };
  const trim = () => {
    for (const [frame, { image }] of images) {
      if (images.size <= KEPT) return;
      images.delete(frame);
      image.release();
    }
  };
  const shotOf = (frame: number) => shots.find(({ start, end }) => frame >= start && frame < end);

  /** What the net makes of a frame and its neighbours, and the flow to these. */
  async function seen(frame: number, { start, end }: Shot) {
    const places = [-FAR, -NEAR, 0, NEAR, FAR].map((away) => frame + away);
    const inside = places.filter((place) => place >= start && place < end);
    const around = new Map<number, Awaited<ReturnType<typeof prepared>>>();
    // In the order of the clip: decoding goes forward.
    for (const place of inside) around.set(place, await prepared(place));
    const own = around.get(frame)!;
    const others = inside.filter((place) => place !== frame);
    const flows = await backend.flows(others.map((place) => [own.image, around.get(place)!.image]));
    const neighbours = new Map<number, Neighbour>(
      others.map((place, i) => [
        place,
        {
          luma: around.get(place)!.luma,
          flow: flows[i]!.xy,
          homography: cameraMotion(flows[i]!).homography,
        },
      ]),
    );
    const at = (away: number): Neighbours => {
      const [later, earlier] = [neighbours.get(frame + away), neighbours.get(frame - away)];
      return { ...(later && { later }), ...(earlier && { earlier }) };
    };
    const { data, residual, drift } = motionInput(own.luma, at(NEAR), at(FAR), size);
    const p = probabilities(await net.run(data, 1));
    trim();
    return { p, residual, drift, neighbours };
  }

  return {
    size,
    cells: { rows: size.height / CELL, columns: size.width / CELL },

    evidence: (frame) =>
      turn(async () => {
        const shot = shotOf(frame);
        if (!shot || shot.end - shot.start < 2) return null;
        const { neighbours, ...evidence } = await seen(frame, shot);
        const sides = [frame - NEAR, frame + NEAR].filter((place) => neighbours.has(place));
        const [next] = sides;
        if (sides.length === 2 || next === undefined) return { ...evidence, drawn: evidence.p };
        const there = await seen(next, shot);
        const warped = warpedCells(there.p, neighbours.get(next)!.flow, size);
        return { ...evidence, drawn: blend(evidence.p, warped) };
      }),

    flow: (frame, other) =>
      turn(async () => {
        const first = Math.min(frame, other);
        await prepared(first);
        const [from, to] = [await prepared(frame), await prepared(other)];
        const [flow] = await backend.flows([[from.image, to.image]]);
        trim();
        return { flow: flow!, own: from.luma, other: to.luma };
      }),

    async release() {
      await turn.idle();
      for (const { image } of images.values()) image.release();
      images.clear();
      backend.release();
    },
  };
}

/** Side of the squares that sides of a frame for flow are multiples of: two tokens of the smallest patch, and the net's step. */
const STEP = 8;
/** Pixels of a frame for flow: what the net was trained on, whatever the clip's shape. */
const PIXELS = 192 * 384;

/** A clip is enlarged by no more than this along each side. */
const MOST_ENLARGED = 2;

/** Size at which a clip's flow is computed. */
export function motionSize({ width, height }: Size): FrameSize {
  const pixels = Math.min(PIXELS, MOST_ENLARGED ** 2 * width * height);
  const side = (share: number) => Math.max(2 * STEP, Math.round(Math.sqrt(pixels * share) / STEP) * STEP);
  return { height: side(height / width), width: side(width / height) };
}
