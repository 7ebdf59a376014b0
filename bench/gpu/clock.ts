/** Passes that one measurement can have. */
const PASSES = 2048;

/** Seconds. */
export interface Taken {
  /** In which the GPU had passes of it in hand; null where the device has no timestamps, or there were too many passes. */
  gpu: number | null;
  /** From the call until the queue was empty. */
  whole: number;
}

export interface Clock {
  /** Runs work that was run before, and waits for the GPU. */
  take(work: () => void | Promise<void>): Promise<Taken>;
}

/**
 * Times whatever a device does, by timestamps at the ends of its compute passes: encoders that the device makes from now on write
 * them, whoever asks for the encoder, so that ONNX Runtime's work is timed as ours is.
 */
export function createClock(device: GPUDevice): Clock {
  const { createCommandEncoder } = device;
  const encoderOf: typeof createCommandEncoder = (...args) => createCommandEncoder.apply(device, args);
  const queries = device.features.has('timestamp-query')
    ? device.createQuerySet({ type: 'timestamp', count: 2 * PASSES })
    : null;
  let passes = 0;
  let recording = false;
  if (queries)
    device.createCommandEncoder = (...args) => {
      const encoder = encoderOf(...args);
      const { beginComputePass } = encoder;
      encoder.beginComputePass = (descriptor) => {
        if (!recording || passes++ >= PASSES) return beginComputePass.call(encoder, descriptor);
        const [beginningOfPassWriteIndex, endOfPassWriteIndex] = [2 * passes - 2, 2 * passes - 1];
        const timestampWrites = { querySet: queries, beginningOfPassWriteIndex, endOfPassWriteIndex };
        return beginComputePass.call(encoder, { ...descriptor, timestampWrites });
      };
      return encoder;
    };

  /** Nanoseconds, two a pass. */
  const read = async (querySet: GPUQuerySet): Promise<BigUint64Array> => {
    const size = 16 * passes;
    const { QUERY_RESOLVE, COPY_SRC, COPY_DST, MAP_READ } = GPUBufferUsage;
    const resolved = device.createBuffer({ size, usage: QUERY_RESOLVE | COPY_SRC });
    const staging = device.createBuffer({ size, usage: COPY_DST | MAP_READ });
    const encoder = encoderOf();
    encoder.resolveQuerySet(querySet, 0, 2 * passes, resolved, 0);
    encoder.copyBufferToBuffer(resolved, 0, staging, 0, size);
    device.queue.submit([encoder.finish()]);
    await staging.mapAsync(GPUMapMode.READ);
    const times = new BigUint64Array(staging.getMappedRange().slice(0));
    for (const buffer of [resolved, staging]) buffer.destroy();
    return times;
  };

  return {
    async take(work) {
      passes = 0;
      recording = true;
      const start = performance.now();
      await work();
      await device.queue.onSubmittedWorkDone();
      const whole = (performance.now() - start) / 1000;
      recording = false;
      const timed = queries && passes > 0 && passes <= PASSES;
      return { whole, gpu: timed ? covered(await read(queries)) : null };
    },
  };
}

/** Seconds that are in at least one of the spans: passes may overlap. */
function covered(times: BigUint64Array): number {
  const spans = Array.from(
    { length: times.length / 2 },
    (_, i) => [times[2 * i]!, times[2 * i + 1]!] as const,
  );
  spans.sort(([a], [b]) => (a < b ? -1 : Number(a > b)));
  let [sum, until] = [0n, 0n];
  for (const [start, end] of spans) {
    if (end <= until) continue;
    sum += end - (start > until ? start : until);
    until = end;
  }
  return Number(sum) / 1e9;
}
