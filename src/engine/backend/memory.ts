/** The compute's own accounting of the bytes that it holds. */
export class MemoryTracker {
  held = 0;
  peak = 0;

  take(bytes: number): void {
    this.held += bytes;
    this.peak = Math.max(this.peak, this.held);
  }

  give(bytes: number): void {
    this.held -= bytes;
  }
}
