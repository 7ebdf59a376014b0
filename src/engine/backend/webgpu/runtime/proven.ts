import { onlyDeviceFailures } from './device.ts';

type Labelling<Input extends unknown[]> = (...input: Input) => Uint16Array | Promise<Uint16Array>;

/** Whether the GPU gives the CPU's labels, but for a share of the pixels. One that fails at them does not. */
export async function labelsAgree<Input extends unknown[]>(
  onGpu: Labelling<Input>,
  onCpu: Labelling<Input>,
  input: Input,
  most: number,
): Promise<boolean> {
  const labels = await Promise.resolve(onGpu(...input)).catch(onlyDeviceFailures);
  if (!labels) return false;
  const expected = await onCpu(...input);
  const different = labels.reduce((sum, label, at) => sum + Number(label !== expected[at]), 0);
  return different <= most * labels.length;
}

/** The GPU's work; what it then fails at (lost, or out of memory) is done on the CPU: masks do not wait for a device. */
export function elseOnCpu<Input extends unknown[], Output>(
  onGpu: (...input: Input) => Output | Promise<Output>,
  onCpu: (...input: Input) => Output | Promise<Output>,
): (...input: Input) => Promise<Output> {
  return async (...input) => {
    try {
      return await onGpu(...input);
    } catch (error) {
      onlyDeviceFailures(error);
      return onCpu(...input);
    }
  };
}
