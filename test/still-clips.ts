import { createRandom } from '../src/lib/random.ts';
import { renderFrame } from '../src/synth/render.ts';
import { createScene, type SceneObject } from '../src/synth/scene.ts';

/** Two balls that look alike and roll towards each other over a speckled floor, as a clip of still images. */
export async function balls(frames: number): Promise<File[]> {
  const [width, height] = [192, 128];
  const random = createRandom(3);
  const floor = Array.from({ length: 400 }, () => [random.next(), random.next(), random.next()] as const);
  return Promise.all(
    Array.from({ length: frames }, async (_, i) => {
      const canvas = new OffscreenCanvas(width, height);
      const context = canvas.getContext('2d')!;
      for (const [x, y, grey] of floor) {
        context.fillStyle = `rgb(${90 + 60 * grey} ${110 + 50 * grey} 90)`;
        context.fillRect(x * width - 8, y * height - 8, 16, 16);
      }
      for (const x of [24 + 4 * i, width - 24 - 4 * i]) {
        context.fillStyle = 'rgb(220 60 40)';
        context.beginPath();
        context.arc(x, 64, 16, 0, 2 * Math.PI);
        context.fill();
        context.fillStyle = 'rgb(250 220 80)';
        context.fillRect(x - 6, 58, 12, 12);
      }
      return new File([await canvas.convertToBlob()], `${i + 100}.png`, { type: 'image/png' });
    }),
  );
}

/** Frames from one visit to the next, and the visitor's label in the truth. */
export const [PERIOD, GUEST] = [24, 2] as const;

/** A rendered scene in which one thing stays and another comes in after a while, leaves, and returns. */
export async function comingAndGoing(frames: number) {
  const [width, height] = [192, 128];
  const scene = createScene({ seed: 12, frames, objects: [2, 2] });
  const [resting, guest] = scene.objects as [SceneObject, SceneObject];
  const still = { ...resting.poses[0]!, position: [0.6, 0.6, 0.4] as const };
  const camera = { position: [0, -5, 2] as const, target: [0, 0, 0.4] as const, view: 0.7 };
  // Out of sight beyond 2.5.
  const place = (frame: number) => 0.6 + 2.6 * Math.abs(1 - (frame % PERIOD) / (PERIOD / 2));
  resting.poses = Array.from({ length: frames }, () => still);
  guest.poses = Array.from({ length: frames }, (_, frame) => ({
    ...guest.poses[0]!,
    position: [place(frame), -1, 0.5] as const,
  }));
  scene.cameras = Array.from({ length: frames }, () => camera);
  const rendered = Array.from({ length: frames }, (_, frame) => renderFrame(scene, frame, width, height));
  const files = await Promise.all(
    rendered.map(async ({ rgb }, frame) => {
      const canvas = new OffscreenCanvas(width, height);
      const picture = new ImageData(width, height);
      picture.data.fill(255);
      for (let i = 0; i < rgb.length; i++) picture.data[4 * Math.floor(i / 3) + (i % 3)] = rgb[i]!;
      canvas.getContext('2d')!.putImageData(picture, 0, 0);
      return new File([await canvas.convertToBlob()], `${frame + 100}.png`, { type: 'image/png' });
    }),
  );
  return { files, truth: rendered.map(({ labels }) => labels) };
}
