import * as lens from '../../actions/lens.ts';
import { useView } from '../../stores/view.ts';
import { percent } from '../../words/format.ts';
import { strings } from '../../words/strings.ts';
import { Button } from '../parts/button.tsx';

/** How much the picture is enlarged, and the ways back. */
export function LensBar() {
  const scale = useView((view) => view.lens.scale);
  const actual = useView((view) => view.framing?.actual);
  if (scale === 1 || actual === undefined) return null;
  return (
    <div className="lens-bar">
      <span>{percent(scale / actual)}</span>
      <Button variant="plain" onPress={() => void lens.actualSize.run()}>
        {strings.stage.actual}
      </Button>
      <Button variant="plain" onPress={() => void lens.fit.run()}>
        {strings.stage.fit}
      </Button>
    </div>
  );
}
