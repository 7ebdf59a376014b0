// npm run wasm: compiles the AssemblyScript of src/engine/motion/assembly to the flow.wasm that is kept beside it.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const root = join(import.meta.dirname, '..');
const SOURCE = 'src/engine/motion/assembly/flow.ts';
export const COMPILED = 'src/engine/motion/flow.wasm';

/** The module's bytes: the same for the same source and compiler. Throws the compiler's messages. */
export async function compileFlow(): Promise<Uint8Array> {
  const written = new Map<string, Uint8Array>();
  const options = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--outFile', COMPILED];
  const { error, stderr } = await asc.main([SOURCE, ...options], {
    readFile: (name) => readFile(join(root, name), 'utf8').catch(() => null),
    writeFile: (name, contents) => {
      written.set(name, typeof contents === 'string' ? new TextEncoder().encode(contents) : contents);
    },
    listFiles: () => null,
  });
  const bytes = written.get(COMPILED);
  if (error || !bytes) throw new Error(`${SOURCE} does not compile: ${stderr.toString()}`, { cause: error });
  return bytes;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const bytes = await compileFlow();
  await writeFile(join(root, COMPILED), bytes);
  console.log(`${COMPILED}: ${bytes.length} bytes`);
}
