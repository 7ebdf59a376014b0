import { close } from '../../actions/adapt.ts';
import { useAdapt } from '../../stores/adapt.ts';
import { strings } from '../../words/strings.ts';
import { FailureNote } from '../parts/failure-note.tsx';
import { ModalDialog } from '../parts/modal-dialog.tsx';
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
    <ModalDialog
      title={strings.adapt.title}
      open={open}
      onClose={close}
      bound={bound}
      className="adapt"
      modalClass="adapt-modal"
    >
      {failure && <FailureNote failure={failure} />}
      <Step />
    </ModalDialog>
  );
}
