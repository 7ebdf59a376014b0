import { useEffect, useState } from 'react';
import { useClip } from '../../stores/clip.ts';
import { useObjects } from '../../stores/objects.ts';
import { usePreferences } from '../../stores/preferences.ts';
import { useRun } from '../../stores/run.ts';
import { useView } from '../../stores/view.ts';
import { strings } from '../../words/strings.ts';
import { IconButton } from '../parts/button.tsx';

const words = strings.guide;
type Step = keyof typeof words.steps;
const STEPS = Object.keys(words.steps) as Step[];

/** What to try first, on a sample: one step after the other, gone once all are done or it is put away. */
export function Guide() {
  const sample = useClip((clip) => clip.sample);
  const found = useRun((run) => run.result !== null);
  const guided = usePreferences((preferences) => preferences.guided);
  if (!sample || !found || guided) return null;
  return <Steps />;
}

function Steps() {
  const [done, setDone] = useState<ReadonlySet<Step>>(new Set());
  const selected = useObjects((objects) => objects.selected.size > 0);
  const edited = useObjects((objects) => objects.history.past.length);
  const tau = useRun((run) => run.settings?.tau);
  const attention = useView((view) => view.mode === 'attention');
  const [before] = useState({ tau, edited });
  const now: Record<Step, boolean> = {
    select: selected,
    tau: tau !== before.tau,
    attention,
    edit: edited > before.edited + Number(tau !== before.tau),
  };
  const fresh = STEPS.filter((step) => now[step] && !done.has(step)).join();
  useEffect(() => {
    if (fresh !== '') setDone((earlier) => new Set([...earlier, ...(fresh.split(',') as Step[])]));
  }, [fresh]);
  const complete = done.size === STEPS.length;
  useEffect(() => {
    if (complete) usePreferences.setState({ guided: true });
  }, [complete]);
  const next = STEPS.find((step) => !done.has(step));
  if (!next) return null;
  return (
    <aside className="guide" aria-label={words.title}>
      <header>
        <h2>{words.title}</h2>
        <span>{words.progress(done.size + 1, STEPS.length)}</span>
        <IconButton
          icon="close"
          label={words.away}
          onPress={() => usePreferences.setState({ guided: true })}
        />
      </header>
      <p aria-live="polite">{words.steps[next]}</p>
    </aside>
  );
}
