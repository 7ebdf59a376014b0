import * as lens from '../../actions/lens.ts';
import { useView } from '../../stores/view.ts';
import { percent } from '../../words/format.ts';
import { strings } from '../../words/strings.ts';
import { Button, IconButton } from '../parts/button.tsx';

/** How much the picture is enlarged, and the ways closer and back. */
export function LensBar() {
  const scale = useView((view) => view.lens.scale);
  const actual = useView((view) => view.framing?.actual);
  if (actual === undefined) return null;
  return (
    <div className="lens-bar">
      <IconButton icon="plus" label={lens.closer.label} action={lens.closer} />
      <span>{percent(scale / actual)}</span>
      <IconButton icon="minus" label={lens.farther.label} action={lens.farther} />
      <Button variant="plain" onPress={() => void lens.actualSize.run()}>
        {strings.stage.actual}
      </Button>
      <Button variant="plain" isDisabled={scale === 1} onPress={() => void lens.fit.run()}>
        {strings.stage.fit}
      </Button>
    </div>
  );
}
