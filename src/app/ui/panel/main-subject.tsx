import { Checkbox } from 'react-aria-components';
import { setSingle } from '../../actions/single.ts';
import { useDocument } from '../../stores/document.ts';
import { useRun } from '../../stores/run.ts';
import { strings } from '../../words/strings.ts';
import { Icon } from '../parts/icons.tsx';

/** Whether all that is not background is one object: what a video editor wants most often. */
export function MainSubject() {
  const single = useRun((run) => run.single);
  const quick = useRun((run) => run.result?.followed?.quick === true);
  const objects = useDocument((state) => state.objects.filter(({ background }) => !background).length);
  const found = useRun((run) => run.result?.clusters.filter(({ background }) => !background).length ?? null);
  // Of one thing there is nothing to choose.
  const only = found !== null && found <= 1 && objects <= 1;
  return (
    <Checkbox
      className="check main-subject"
      isSelected={single}
      isDisabled={only || quick}
      onChange={setSingle}
    >
      <span className="check-box">
        <Icon name="check" size={14} />
      </span>
      <span>
        {strings.settings.single}
        <span className="hint">{only ? strings.settings.singleOnly : strings.settings.singleHint}</span>
      </span>
    </Checkbox>
  );
}
