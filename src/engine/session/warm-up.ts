import { Scope } from '../../lib/task.ts';
import type { Clip, DecodedFrame } from '../video/types.ts';
import { createClip } from './clip.ts';
import type { EngineContext } from './open-clip.ts';

/** The most usual shape of clips. */
const [WIDTH, HEIGHT] = [1280, 720];
const FRAMES = 2;
/** Side of the squares of the background, and what the one in front of them moves by in a frame. */
const SQUARE = 80;
const STEP = 16;
/** Width and height of its masks, and how often they are made: code that runs often is compiled better. */
const MASKS = [WIDTH / 2, HEIGHT / 2] as const;
const TIMES = 4;

/**
 * Runs a made-up clip and keeps nothing of it. After that, files are loaded, sessions for the most usual shape are open, and
 * the browser has compiled what the first real run needs. A step under way is not interrupted when the signal fires.
 *
 * @throws the signal's reason, and what a run throws
 */
export async function warmUp(context: EngineContext, model: string, signal: AbortSignal): Promise<void> {
  await using scope = new Scope(signal);
  // Its times say little about those of real runs.
  const devices = { ...context.devices, learn: async () => {} };
  const clip = createClip({ ...context, devices }, madeUpClip(), [], scope);
  const { settings } = await clip.suggest(model, 'auto');
  signal.throwIfAborted();
  const run = clip.run(settings, { progress() {}, found() {}, frames() {} });
  await run.result();
  for (let i = 0; i < TIMES; i++) {
    signal.throwIfAborted();
    await run.labels(i % FRAMES, ...MASKS);
  }
}

/** A square that moves over others. */
function madeUpClip(): Clip {
  const timestamps = Float64Array.from({ length: FRAMES }, (_, i) => i / 30);
  const frameAt = (index: number): DecodedFrame => ({
    index,
    timestamp: timestamps[index]!,
    width: WIDTH,
    height: HEIGHT,
    draw: (context, width, height) => paint(context, index, width, height),
    close() {},
  });
  return {
    info: {
      name: '',
      container: 'images',
      codec: '',
      width: WIDTH,
      height: HEIGHT,
      frameCount: FRAMES,
      timestamps,
      duration: FRAMES / 30,
      rotation: 0,
      hasAudio: false,
      bytes: 0,
      notes: [],
    },
    keyFrames: Int32Array.from(timestamps, (_, i) => i),
    reader: () => ({ at: async (index) => frameAt(index), close() {} }),
    async *frames(indices, signal) {
      for (const index of indices) {
        signal?.throwIfAborted();
        yield frameAt(index);
      }
    },
    close() {},
  };
}

function paint(
  context: Parameters<DecodedFrame['draw']>[0],
  frame: number,
  width: number,
  height: number,
): void {
  context.save();
  context.scale(width / WIDTH, height / HEIGHT);
  for (let y = 0; y < HEIGHT; y += SQUARE)
    for (let x = 0; x < WIDTH; x += SQUARE) {
      context.fillStyle = `rgb(${(7 * x + 3 * y) % 256} ${(5 * x + 11 * y) % 256} ${(x + 2 * y) % 256})`;
      context.fillRect(x, y, SQUARE, SQUARE);
    }
  context.fillStyle = 'white';
  context.fillRect(WIDTH / 3 + STEP * frame, HEIGHT / 3, 3 * SQUARE, 3 * SQUARE);
  context.restore();
}
