import { ProgressBar } from 'react-aria-components';

/** A bar that shows how much is done. `part`: 0 to 1. */
export function Progress({ label, part }: { label: string; part: number }) {
  return (
    <ProgressBar className="progress" aria-label={label} value={part * 100}>
      <span className="stage-groove">
        <span style={{ width: `${part * 100}%` }} />
      </span>
    </ProgressBar>
  );
}
