import { adapt } from '../../actions/adapt.ts';
import { useAdapt } from '../../stores/adapt.ts';
import { percent } from '../../words/format.ts';
import { strings } from '../../words/strings.ts';
import { Button } from '../parts/button.tsx';

const words = strings.adapt;

/** Opens the panel; while a training goes on behind it, shows how far it is. */
export function AdaptButton() {
  const phase = useAdapt((state) => state.phase);
  const part = useAdapt(({ points, iterations }) => percent(points.length / Math.max(1, iterations)));
  return (
    <Button onPress={() => void adapt.run()}>
      {phase === 'training' ? words.openTraining(part) : phase === 'trained' ? words.openTrained : words.open}
    </Button>
  );
}
