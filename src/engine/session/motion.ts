import type { Scope } from '../../lib/task.ts';
import { isSoftware } from '../backend/webgpu/runtime/device.ts';
import { Gpu } from '../backend/webgpu/runtime/gpu.ts';
import type { Library } from '../model/library.ts';
import { createMotion, type Motion, motionSize } from '../motion/evidence.ts';
import { CELL } from '../motion/features.ts';
import { RUN_FLOW } from '../motion/flow.ts';
import { wasmFlow } from '../motion/flow-wasm.ts';
import { webgpuFlow } from '../motion/flow-webgpu.ts';
import { createMotionNet } from '../motion/net.ts';
import type { RunSettings } from '../settings/run.ts';
import { createFeed, type FrameFeed } from '../video/feed.ts';
import type { Survey } from '../video/shots.ts';
import type { Clip } from '../video/types.ts';
import type { DeviceContext } from './devices.ts';

/** Frames of a clip, at the size that the model takes, and their motion where it is wanted. Both end with `scope`. */
export async function openMotion(
  clip: Clip,
  library: Library,
  { report, gpuDevice }: Pick<DeviceContext, 'report' | 'gpuDevice'>,
  settings: Pick<RunSettings, 'width' | 'height' | 'stride'>,
  { shots, lost }: Survey,
  scope: Scope,
): Promise<{ feed: FrameFeed; motion: Motion }> {
  const size = motionSize(clip.info);
  const sizes = { flow: size, model: settings, stride: settings.stride, lost };
  const feed = scope.own(createFeed(clip, sizes, scope.signal), (feed) => feed.close());
  const weights = await library.motion(undefined, scope.signal);
  const { device } = report;
  const net = scope.own(
    await createMotionNet(weights, {
      device,
      ...(gpuDevice && { gpuDevice }),
      rows: size.height / CELL,
      columns: size.width / CELL,
      batch: 1,
    }),
    (net) => net.release(),
  );
  // A software renderer is no match for the CPU.
  const onGpu = device === 'webgpu' && gpuDevice && !isSoftware(gpuDevice.adapterInfo);
  const flow = onGpu ? await webgpuFlow(new Gpu(gpuDevice), RUN_FLOW) : await wasmFlow(RUN_FLOW);
  const motion = scope.own(createMotion(feed.luma, shots, size, flow, net), (motion) => motion.release());
  return { feed, motion };
}
