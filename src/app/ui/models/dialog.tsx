import { useEffect } from 'react';
import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { OWN, refreshModels } from '../../actions/models.ts';
import { useClip } from '../../stores/clip.ts';
import { useModels } from '../../stores/models.ts';
import { showFailure } from '../../stores/notices.ts';
import { useRun } from '../../stores/run.ts';
import { strings } from '../../words/strings.ts';
import { IconButton } from '../parts/button.tsx';
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
    <ModalOverlay
      className="modal-overlay"
      isOpen={open}
      isDismissable
      onOpenChange={(next) => useModels.setState({ open: next })}
    >
      <Modal className="modal models-modal">
        <Dialog className="dialog">
          {({ close }) => (
            <>
              <header className="dialog-head">
                <Heading slot="title">{words.title}</Heading>
                <IconButton icon="close" label={strings.help.close} onPress={close} />
              </header>
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
            </>
          )}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
