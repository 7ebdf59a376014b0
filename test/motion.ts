import { floatsOf, type RawTensor, readSafetensors } from '../src/engine/weights/safetensors.ts';

/** A file below the repository's root, read from the disk in Node and from the test server in a browser. */
async function fileOf(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const url = new URL(`../${path}`, import.meta.url);
  if (import.meta.env.SSR) {
    const { readFile } = await import('node:fs/promises');
    return new Uint8Array(await readFile(url));
  }
  // The server has what lies in public/ at its root.
  const response = await fetch(path.startsWith('public/') ? path.slice('public'.length) : url);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** The tensors of a fixture of test/fixtures/motion. */
export async function motionFixture(name: string) {
  const { tensors } = readSafetensors(await fileOf(`test/fixtures/motion/${name}`));
  const raw = (tensor: string): RawTensor => {
    const found = tensors.get(tensor);
    if (!found) throw new Error(`${tensor} is not in ${name}`);
    return found;
  };
  const floats = (tensor: string): Float32Array => {
    const values = floatsOf(raw(tensor));
    if (!values) throw new Error(`${tensor} of ${name} has no floats`);
    return values;
  };
  return { raw, floats };
}

export const motionWeightFile = () => fileOf('public/models/motion-v0/motion.safetensors');
