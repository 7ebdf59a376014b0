import { Dialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { close } from '../../actions/adapt.ts';
import { useAdapt } from '../../stores/adapt.ts';
import { strings } from '../../words/strings.ts';
import { IconButton } from '../parts/button.tsx';
import { FailureNote } from '../parts/failure-note.tsx';
import { Comparing, Deciding } from './compare.tsx';
import { Setup } from './setup.tsx';
import { TrainedSoFar, Training } from './training.tsx';

const STEPS = {
  setup: Setup,
  training: Training,
  trained: TrainedSoFar,
  comparing: Comparing,
  deciding: Deciding,
};

/** From what to learn and for how long, how it goes, and whether its masks are better. */
export default function AdaptDialog() {
  const { open, phase, failure } = useAdapt();
  const Step = STEPS[phase];
  const bound = phase === 'comparing' || phase === 'deciding';
  return (
    <ModalOverlay
      className="modal-overlay"
      isOpen={open}
      isDismissable={!bound}
      isKeyboardDismissDisabled={bound}
      onOpenChange={(next) => {
        if (!next) close();
      }}
    >
      <Modal className="modal adapt-modal">
        <Dialog className="dialog adapt">
          <header className="dialog-head">
            <Heading slot="title">{strings.adapt.title}</Heading>
            {!bound && <IconButton icon="close" label={strings.help.close} onPress={close} />}
          </header>
          {failure && <FailureNote failure={failure} />}
          <Step />
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
