import { useEffect, useState } from 'react';
import { useClip } from '../../stores/clip.ts';
import { useDocument } from '../../stores/document.ts';
import { usePreferences } from '../../stores/preferences.ts';
import { usePrompt } from '../../stores/prompt.ts';
import { useRun } from '../../stores/run.ts';
import { useView } from '../../stores/view.ts';
import { strings } from '../../words/strings.ts';
import { Button, IconButton } from '../parts/button.tsx';

const words = strings.guide;
type Step = keyof typeof words.steps;

/** What to try first: of a sample as it came, of one that was segmented here, and of a clip of one's own. */
const STEPS = {
  finished: ['click', 'paint', 'play'],
  sample: ['click', 'paint', 'tau', 'attention'],
  own: ['click', 'paint', 'play', 'tau'],
} as const satisfies Record<string, readonly Step[]>;

/** First steps, one after the other: gone for ever once all are done, or they are dismissed. */
export function Guide() {
  const sample = useClip((clip) => clip.sample);
  // A quick look can only be looked at.
  const found = useRun((run) => run.result !== null && !run.result.followed?.quick);
  const restored = useRun((run) => run.restored);
  const known = usePreferences((preferences) => (sample ? preferences.guided : preferences.guidedOwn));
  if (!found || known) return null;
  const done = () => usePreferences.setState(sample ? { guided: true } : { guidedOwn: true });
  const kind = !sample ? 'own' : restored ? 'finished' : 'sample';
  return <Steps key={kind} steps={STEPS[kind]} onDone={done} />;
}

function Steps({ steps, onDone }: { steps: readonly Step[]; onDone: () => void }) {
  const [done, setDone] = useState<ReadonlySet<Step>>(new Set());
  const selected = useDocument((state) => state.selected.size > 0);
  const clicked = usePrompt((prompt) => prompt.clicks.length > 0);
  const painting = useView((view) => view.brush !== null);
  const tau = useRun((run) => run.settings?.tau);
  const mode = useView((view) => view.mode);
  const playing = useView((view) => view.speed !== 0);
  const [before] = useState(tau);
  const now: Record<Step, boolean> = {
    click: selected || clicked,
    paint: painting,
    play: playing,
    tau: tau !== before,
    attention: mode === 'attention',
  };
  const fresh = steps.filter((step) => now[step] && !done.has(step)).join();
  useEffect(() => {
    if (fresh !== '') setDone((earlier) => new Set([...earlier, ...(fresh.split(',') as Step[])]));
  }, [fresh]);
  const next = steps.find((step) => !done.has(step));
  const complete = next === undefined;
  useEffect(() => {
    if (complete) onDone();
  });
  // All but the last are about the masks.
  if (complete || (mode !== 'masks' && next !== 'attention')) return null;
  const place = steps.filter((step) => done.has(step)).length + 1;
  return (
    <aside className="guide" aria-label={words.title}>
      <header>
        <h2>{words.title}</h2>
        <span>{words.progress(place, steps.length)}</span>
        <IconButton icon="close" label={words.away} onPress={onDone} />
      </header>
      <p aria-live="polite">{words.steps[next]}</p>
      <Button variant="quiet" onPress={() => setDone(new Set([...done, next]))}>
        {place < steps.length ? words.next : words.last}
      </Button>
    </aside>
  );
}
