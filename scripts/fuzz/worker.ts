import { openClip } from '../../src/engine/video/open.ts';
import { UnpromptedError } from '../../src/lib/failure.ts';
import { type Answer, answerOf } from './answer.ts';

/** Frames that are decoded of one clip at most. */
const MOST = 100;

addEventListener('message', async ({ data }: MessageEvent<File>) => {
  postMessage(await answerTo(data));
});
postMessage('ready');

async function answerTo(file: File): Promise<Answer> {
  try {
    const clip = await openClip([file]);
    const { frameCount, width, height } = clip.info;
    const context = new OffscreenCanvas(64, 64).getContext('2d');
    let lost = 0;
    const reader = clip.reader();
    for (let index = 0; index < Math.min(frameCount, MOST); index++) {
      try {
        const frame = await reader.at(index);
        context?.clearRect(0, 0, width, height);
        if (context) frame.draw(context, 64, 64);
        frame.close();
      } catch (error) {
        if (!(error instanceof UnpromptedError)) throw error;
        lost++;
      }
    }
    clip.close();
    return { kind: lost === 0 ? 'read' : 'read in part', detail: '' };
  } catch (error) {
    return answerOf(error);
  }
}
