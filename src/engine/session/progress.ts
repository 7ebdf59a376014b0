import type { StageSeconds } from './estimate.ts';
import { type Progress, STAGES, type Stage, type StageTime } from './result.ts';

export type Stages = ReturnType<typeof measureStages>;

/**
 * Reports the progress of a run's stages with the time left, and measures each. The time left of the stage under way is
 * estimated from its own pace once a twentieth of it is done, and from the estimate before; later stages' from the
 * estimate.
 */
export function measureStages(
  first: StageSeconds,
  onProgress: (progress: Progress) => void,
  now = () => performance.now(),
) {
  const times: StageTime[] = [];
  let expected = first;

  async function stage<T>(
    name: Stage,
    unit: string,
    work: (report: (done: number, total: number) => void) => Promise<T>,
  ): Promise<T> {
    const started = now();
    const after = STAGES.slice(STAGES.indexOf(name) + 1);
    const report = (done: number, total: number) => {
      const later = after.reduce((sum, next) => sum + expected[next], 0);
      const elapsed = (now() - started) / 1000;
      const paced = total > 0 && done / total >= 0.05;
      const own = paced ? (elapsed / done) * (total - done) : Math.max(0, expected[name] - elapsed);
      onProgress({ stage: name, done, total, unit, left: own + later });
    };
    report(0, 0);
    try {
      return await work(report);
    } finally {
      // A stage that is repeated after a loss has taken both times.
      const seconds = (now() - started) / 1000;
      const before = times.find((time) => time.stage === name);
      if (before) before.seconds += seconds;
      else times.push({ stage: name, seconds });
    }
  }

  return {
    stage,
    times,
    /** Replaces the estimate by a better one. */
    expect(better: StageSeconds): void {
      expected = better;
    },
  };
}
