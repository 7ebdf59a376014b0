import { moveTau } from '../../actions/segment.ts';
import { tau as written } from '../../model/format.ts';
import { tauStep } from '../../model/settings.ts';
import { useObjects } from '../../stores/objects.ts';
import { useRun } from '../../stores/run.ts';
import { strings } from '../../strings.ts';
import { Slider } from '../parts/fields.tsx';

/** τ: moving it clusters again. */
export function Tau() {
  const settings = useRun((run) => run.settings);
  const phase = useRun((run) => run.phase);
  const result = useRun((run) => run.result);
  const range = useRun(
    (run) => run.models.find((entry) => entry.id === run.settings?.model)?.defaults.tauRange,
  );
  const found = useObjects(({ objects }) => objects.filter((object) => !object.background).length);
  if (!settings || settings.clustering === 'kmeans') return null;
  const [low, high] = range ?? [0, 1];
  const wide = [Math.min(low, settings.tau), Math.max(high, settings.tau)] as const;
  return (
    <div className="tau" data-busy={phase === 'clustering' || undefined}>
      <Slider
        label={strings.tau.label}
        value={settings.tau}
        range={wide}
        step={tauStep(wide)}
        show={written(settings.tau)}
        ends={[strings.tau.fine, strings.tau.coarse]}
        format={{ maximumFractionDigits: 4 }}
        isDisabled={phase === 'segmenting'}
        onChange={moveTau}
      />
      <p className="tau-found" aria-live="polite">
        {phase === 'clustering' ? strings.tau.busy : result ? strings.objects.found(found) : strings.tau.help}
      </p>
    </div>
  );
}
