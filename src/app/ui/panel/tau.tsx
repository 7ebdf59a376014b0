import { moveTau, tauRange } from '../../actions/segment.ts';
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
  const models = useRun((run) => run.models);
  const found = useObjects(({ objects }) => objects.filter((object) => !object.background).length);
  if (!settings || settings.clustering === 'kmeans') return null;
  const range = tauRange({ models, settings });
  return (
    <div className="tau" data-busy={phase === 'clustering' || undefined}>
      <Slider
        label={strings.tau.label}
        value={settings.tau}
        range={range}
        step={tauStep(range)}
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
