import { useEffect, useState } from 'react';
import type { DistanceHistogram } from '../../../engine/session/api.ts';
import { commitTau, detailRange, findAbout, moveTau } from '../../actions/tau.ts';
import { barsIn, binning } from '../../model/histogram.ts';
import type { VideoObject } from '../../model/objects.ts';
import { tauStep } from '../../model/settings.ts';
import { showClipFailure } from '../../stores/clip.ts';
import { useDocument } from '../../stores/document.ts';
import { tauRests, useRun } from '../../stores/run.ts';
import { strings } from '../../words/strings.ts';
import { runMasks } from '../../workers/engine.ts';
import { Button } from '../parts/button.tsx';
import { NumberField, Slider } from '../parts/fields.tsx';

/** Bins of the histogram over the slider's range. */
const BINS = 64;
/** Most objects that can be asked for. */
const MOST = 200;

const foreground = (objects: readonly VideoObject[]): number =>
  objects.filter(({ background }) => !background).length;

/** τ: moving it shows what it would give; letting go clusters again. */
export function Tau() {
  const settings = useRun((run) => run.settings);
  const phase = useRun((run) => run.phase);
  const result = useRun((run) => run.result);
  const models = useRun((run) => run.models);
  const trial = useRun((run) => (run.trial?.of === run.result ? run.trial : null));
  const seeking = useRun((run) => run.seeking);
  const own = useDocument((state) => foreground(state.objects));
  if (!settings || settings.clustering === 'kmeans') return null;
  const range = detailRange({ models, settings });
  const found = trial?.found ? foreground(trial.found.objects) : own;
  const busy = phase === 'clustering' || seeking;
  return (
    <div className="tau" data-busy={busy || undefined} data-trial={trial ? '' : undefined}>
      <Slider
        label={strings.tau.label}
        value={settings.tau}
        range={range}
        step={tauStep(range)}
        show=""
        ends={[strings.tau.fine, strings.tau.coarse]}
        format={{ maximumFractionDigits: 4 }}
        isDisabled={tauRests(phase) || seeking}
        onChange={moveTau}
        onChangeEnd={commitTau}
        under={result && <Histogram low={range[0]} high={range[1]} tau={settings.tau} />}
      />
      <p className="tau-found" aria-live="polite">
        {trial && !trial.found ? (
          <span className="tau-hint">{busy ? strings.tau.busy : strings.tau.onRelease}</span>
        ) : trial ? (
          <>
            {strings.objects.found(found)}
            <span className="tag">{busy ? strings.tau.busy : strings.tau.previewed}</span>
          </>
        ) : busy ? (
          strings.tau.busy
        ) : result ? (
          strings.objects.found(found)
        ) : (
          strings.tau.help
        )}
      </p>
      {result && <About found={found} disabled={tauRests(phase) || (busy && !seeking)} />}
    </div>
  );
}

/** The other way to choose τ: by how many objects it leaves. */
function About({ found, disabled }: { found: number; disabled: boolean }) {
  /** What was typed; null: nothing yet, so that it is what there is. */
  const [typed, setTyped] = useState<number | null>(null);
  const wanted = typed ?? Math.max(1, found);
  return (
    <form
      className="about"
      onSubmit={(event) => {
        event.preventDefault();
        void findAbout(wanted).finally(() => setTyped(null));
      }}
    >
      <NumberField
        label={strings.tau.about}
        value={wanted}
        range={[1, MOST]}
        isDisabled={disabled}
        stepped
        onChange={setTyped}
      />
      <span aria-hidden="true">{strings.tau.aboutUnit}</span>
      <Button variant="plain" isDisabled={disabled || wanted === found} type="submit">
        {strings.tau.find}
      </Button>
    </form>
  );
}

/** How far apart the parts of the clip are, over the slider's range: what lies left of τ joins. */
function Histogram({ low, high, tau }: { low: number; high: number; tau: number }) {
  const result = useRun((run) => run.result);
  const [spread, setSpread] = useState<DistanceHistogram | null>(null);
  useEffect(() => {
    if (!result) return;
    let left = false;
    const { most, bins } = binning([low, high], BINS);
    runMasks()
      .histogram(most, bins)
      .then((found) => {
        // Where a run gives none, the bars stay those of the last that could.
        if (!left && found) setSpread(found);
      })
      .catch(showClipFailure);
    return () => {
      left = true;
    };
  }, [result, low, high]);
  if (!spread) return null;
  const bars = barsIn(spread, [low, high]);
  const at = (tau - low) / (high - low);
  const path = bars.map(({ from, to, height }) => `M${100 * from} 1V${1 - height}H${100 * to}V1Z`).join('');
  return (
    <svg
      className="histogram"
      viewBox="0 0 100 1"
      preserveAspectRatio="none"
      role="img"
      aria-label={strings.tau.histogram}
    >
      <title>{strings.tau.histogram}</title>
      <defs>
        <clipPath id="joined">
          <rect width={100 * at} height="1" />
        </clipPath>
      </defs>
      <path className="histogram-apart" d={path} />
      <path className="histogram-joined" d={path} clipPath="url(#joined)" />
      <path className="histogram-tau" d={`M${100 * at} 0V1`} vectorEffect="non-scaling-stroke" />
    </svg>
  );
}
