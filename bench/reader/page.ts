import { openClip } from '../../src/engine/video/open.ts';
import { asFailure } from '../../src/lib/failure.ts';
import { createRandom } from '../../src/lib/random.ts';

/** What came of stepping through a clip. */
export interface Stepped {
  /** Frames that the clip says it has. */
  frames: number;
  /** Frames that were asked for once more. */
  again: number;
  /** Codes of frames that could not be had, and frames that were another picture the second time. */
  faults: string[];
  /** Why the file was not opened. */
  refused: string | null;
}

const SIDE = 32;

/** Steps through the chosen clip: every frame in order, then `jumps` of them in a random order. */
export async function step(jumps: number): Promise<Stepped> {
  const chooser = document.querySelector<HTMLInputElement>('#files');
  const clip = await openClip([...(chooser?.files ?? [])]).catch((thrown: unknown) => asFailure(thrown));
  if (clip instanceof Error) return { frames: 0, again: 0, faults: [], refused: clip.code };
  const context = new OffscreenCanvas(SIDE, SIDE).getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('There is no canvas.');
  const { frameCount } = clip.info;
  const faults: string[] = [];

  /** A hash of the picture (FNV-1a); null where there is none. */
  const see = async (reader: ReturnType<typeof clip.reader>, index: number): Promise<number | null> => {
    try {
      const frame = await reader.at(index);
      if (frame.index !== index) faults.push(`frame ${index}: ${frame.index} came`);
      frame.draw(context, SIDE, SIDE);
      frame.close();
    } catch (thrown) {
      faults.push(`frame ${index}: ${asFailure(thrown).code}`);
      return null;
    }
    const { data } = context.getImageData(0, 0, SIDE, SIDE);
    return data.reduce((hash, byte) => Math.imul(hash ^ byte, 0x01000193), 0x811c9dc5);
  };

  const inOrder = clip.reader();
  const seen: (number | null)[] = [];
  for (let index = 0; index < frameCount; index++) seen.push(await see(inOrder, index));
  inOrder.close();

  const random = createRandom(1);
  const jumping = clip.reader();
  for (let jump = 0; jump < jumps; jump++) {
    const index = random.integer(frameCount);
    if ((await see(jumping, index)) !== seen[index]) faults.push(`frame ${index}: another picture`);
  }
  clip.close();
  return { frames: frameCount, again: jumps, faults, refused: null };
}
