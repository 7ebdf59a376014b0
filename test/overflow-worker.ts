import { TokenStore } from '../src/engine/tokens/store.ts';

/** For the test of TokenStore's overflow: memory for two of four frames. */
const frame = 2 * 2 * 3;
const store = new TokenStore({ frames: 4, rows: 2, columns: 2 }, 3, true, 2 * 2 * frame);
const k = Float32Array.from({ length: 4 * frame }, (_, i) => i / 8);
await store.write(0, k, k);
const back = await store.read('k', 0, 4);
const { bytes } = store;
await store.release();
const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('tokens');
let left = 0;
for await (const _ of folder.keys()) left++;
postMessage({ same: back.every((x, i) => x === k[i]), bytes, left });
