import { useEffect, useRef, useState } from 'react';
import { Radio, RadioGroup } from 'react-aria-components';
import { discard, downloadWeights, keep } from '../../actions/adapt.ts';
import { stop } from '../../actions/runner.ts';
import { useAdapt } from '../../stores/adapt.ts';
import { useRun } from '../../stores/run.ts';
import { useView } from '../../stores/view.ts';
import { strings } from '../../words/strings.ts';
import { Button } from '../parts/button.tsx';
import { Progress } from '../parts/progress.tsx';

const words = strings.adapt;

/** The run that is to be compared, on its way. */
export function Comparing() {
  const progress = useRun((run) => run.progress);
  const running = useRun((run) => run.phase !== 'idle');
  const part = progress && progress.total > 0 ? progress.done / progress.total : 0;
  return (
    <div className="adapt-training">
      <Progress label={words.comparing} part={part} />
      <div className="export-row">
        <p className="estimate">
          <span>{words.comparing}</span>
          {progress?.left != null && <strong>{strings.run.left(progress.left)}</strong>}
        </p>
        <Button isDisabled={!running} onPress={() => void stop()}>
          {strings.run.cancel}
        </Button>
      </div>
    </div>
  );
}

/** The masks of both runs side by side, and the choice between them. */
export function Deciding() {
  const { trial, trained } = useAdapt();
  const current = useView((view) => view.frame);
  const [frame, setFrame] = useState(current);
  const shot = trial?.shots.find((one) => one.frame === frame);
  if (!trial || !trained || !shot) return null;
  const { names, objects } = trial;
  return (
    <div className="adapt-training">
      <div className="adapt-sides">
        {(['before', 'after'] as const).map((side) => (
          <figure key={side}>
            <Picture bitmap={shot[side]} label={words.shot(frame + 1, words[side])} />
            <figcaption>
              <strong>{words[side]}</strong>
              <span>
                {names[side]} · {strings.objects.found(objects[side])}
              </span>
            </figcaption>
          </figure>
        ))}
      </div>
      <RadioGroup
        className="adapt-frames"
        aria-label={words.frames}
        orientation="horizontal"
        value={String(frame)}
        onChange={(next) => setFrame(Number(next))}
      >
        {trial.shots.map((one) => (
          <Radio key={one.frame} value={String(one.frame)} className="export-kind">
            {words.frame(one.frame + 1)}
          </Radio>
        ))}
      </RadioGroup>
      <footer className="adapt-decision">
        <p className="estimate">
          <strong>{words.trainedUntil(trained.iteration, trained.iterations)}</strong>
          <span>{words.keepHint}</span>
        </p>
        <Button variant="quiet" icon="export" onPress={downloadWeights}>
          {words.download}
        </Button>
        <Button onPress={() => void discard()}>{words.discard}</Button>
        <Button variant="primary" onPress={() => void keep()}>
          {words.keep}
        </Button>
      </footer>
    </div>
  );
}

function Picture({ bitmap, label }: { bitmap: ImageBitmap; label: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    canvas.current?.getContext('2d')?.drawImage(bitmap, 0, 0);
  }, [bitmap]);
  return <canvas ref={canvas} role="img" aria-label={label} width={bitmap.width} height={bitmap.height} />;
}
