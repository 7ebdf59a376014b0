/** A backend's own accounting of the bytes that it holds. */
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

  /** The peak counts from here on. */
  restart(): void {
    this.peak = this.held;
  }
}

/** What backends on the CPU have in common: an account of their own, and errors that throw where they are made. */
export class CpuBackend {
  readonly tracker = new MemoryTracker();

  get memory() {
    return { held: this.tracker.held, peak: this.tracker.peak };
  }

  restartPeak(): void {
    this.tracker.restart();
  }

  lane(): this {
    return this;
  }
}
