// What the register-tiled matrix products share; it stands before their own text (kernel.ts).
//
// A workgroup of THREADS² threads computes TILE × TILE entries, TILE = THREADS · REGISTER, a thread REGISTER² of them in
// registers. It steps through the columns of both sides 4 quads at a time, and keeps TILE rows × 4 quads of each in
// workgroup memory. THREADS and REGISTER are a device's own, by a measured trial that is remembered (tiles.ts); they are
// constants of the text, not overrides: the registers are arrays of function scope, whose size no override may give.
// Precondition: 4 · REGISTER is a multiple of THREADS, so that all threads load equally many quads.

const LOADS = TILE * 4 / (THREADS * THREADS); // quads of a side that a thread loads for one step

// What a thread sums: entry [i][j] is row y + i · THREADS and column x + j · THREADS of the tile.
alias Square = array<array<f32, REGISTER>, REGISTER>;

// Place of quad 0..3 of a tile's row, turned so that neighbouring rows fall into different banks.
fn at(row: u32, quad: u32) -> u32 {
  return row * 4 + (quad ^ ((row >> 1) & 3));
}
