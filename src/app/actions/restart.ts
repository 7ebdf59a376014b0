import { useClip } from '../stores/clip.ts';
import { showFailure } from '../stores/notices.ts';
import { strings } from '../words/strings.ts';
import { whenLost } from '../workers/connection.ts';
import { reopenHere } from './recent.ts';

/** Reports that a worker is lost, and offers to restart with the same project. */
export function offerRestarts(): void {
  whenLost((name, reason) => {
    const { scope } = useClip.getState();
    const again = async () => {
      if (name !== 'evaluator') return reopenHere();
      const { retakeTruth } = await import('./truth.ts');
      await retakeTruth();
    };
    showFailure(
      reason,
      scope,
      scope ? { label: strings.workers.restart, run: () => void again() } : undefined,
    );
  });
}
