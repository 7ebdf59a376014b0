import { useEffect } from 'react';
import { OWN, refreshModels } from '../../actions/models.ts';
import { useClip } from '../../stores/clip.ts';
import { useModels } from '../../stores/models.ts';
import { showFailure } from '../../stores/notices.ts';
import { useRun } from '../../stores/run.ts';
import { strings } from '../../words/strings.ts';
import { ModalDialog } from '../parts/modal-dialog.tsx';
import { Failed } from './download.tsx';
import { Heads } from './heads.tsx';
import { Kept } from './kept.tsx';
import { ModelRow } from './model-row.tsx';
import { OwnWeights } from './own-weights.tsx';

const words = strings.models;

/** Every model: what it costs here, how good it is, and how to get it. It may be closed while one downloads. */
export default function ModelsDialog() {
  const open = useModels((state) => state.open);
  const models = useRun((run) => run.models);
  const clip = useClip(({ info }) => info !== null);
  const settings = useRun((run) => run.settings);
  useEffect(() => {
    // Other settings cost otherwise.
    if (settings || open) refreshModels().catch(showFailure);
  }, [open, settings]);
  const measures = [...new Set(models.flatMap(({ measured }) => measured?.measure ?? []))];
  return (
    <ModalDialog
      title={words.title}
      open={open}
      onClose={() => useModels.setState({ open: false })}
      modalClass="models-modal"
    >
      <Heads />
      <Failed of={OWN} />
      <p className="models-legend hint">
        {words.legend} {measures.join('; ')}.{!clip && ` ${words.legendClip}`}
      </p>
      <ul className="models" aria-label={words.list}>
        {models.map((entry) => (
          <ModelRow key={entry.id} entry={entry} />
        ))}
      </ul>
      <div className="models-more">
        <OwnWeights />
        <Kept />
      </div>
    </ModalDialog>
  );
}
