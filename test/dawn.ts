import { create, globals } from 'webgpu';

/** Dawn ends with its instance, and Node does not end before it: each is kept for as long as its device lives. */
const instances = new Set<GPU>();

/**
 * A device of Dawn in Node, for tests and benches, with those of the wanted features that its adapter has.
 * `flags` are Dawn's, such as `backend=null`. Destroy the device when done.
 */
export async function dawnDevice(wanted: GPUFeatureName[] = [], flags: string[] = []): Promise<GPUDevice> {
  Object.assign(globalThis, globals);
  const instance = create(flags);
  instances.add(instance);
  const adapter = await instance.requestAdapter();
  if (!adapter) throw new Error('Dawn found no adapter: neither a GPU driver nor a software Vulkan.');
  const device = await adapter.requestDevice({
    requiredFeatures: wanted.filter((feature) => adapter.features.has(feature)),
  });
  void device.lost.then(() => instances.delete(instance));
  return device;
}
