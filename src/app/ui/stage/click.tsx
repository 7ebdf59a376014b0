import { type KeyboardEvent, type MouseEvent, useEffect, useRef, useState } from 'react';
import { Radio, RadioGroup } from 'react-aria-components';
import { sharesIn } from '../../../engine/mask/corrections.ts';
import { nearestFrame } from '../../../engine/mask/upsample.ts';
import { abandonClicks, addClicked, addObject, click, toggleTool } from '../../actions/click.ts';
import { takesAway } from '../../model/part.ts';
import { type ClickKind, usePrompt } from '../../stores/prompt.ts';
import { useRun } from '../../stores/run.ts';
import { useView } from '../../stores/view.ts';
import { strings } from '../../words/strings.ts';
import { Button, Keys } from '../parts/button.tsx';
import { STEPS } from './token-surface.tsx';
import { usePressed } from './use-pressed.ts';

const words = strings.click;
const KINDS = Object.keys(words.kinds) as ClickKind[];

/** What a click means by the keys that are held, else by what was chosen for a hand without keys. */
export const kindOf = ({ shiftKey, altKey }: Pick<MouseEvent, 'shiftKey' | 'altKey'>): ClickKind =>
  altKey ? 'remove' : shiftKey ? 'add' : usePrompt.getState().kind;

/** Takes clicks on the frame; focused, the arrow keys move a cross-hair from token to token, and Enter places a click there. */
export function ClickSurface() {
  const result = useRun((run) => run.result);
  const [cross, setCross] = useState<{ row: number; column: number } | null>(null);
  const pressed = usePressed((event) => {
    const { left, top, width, height } = event.currentTarget.getBoundingClientRect();
    setCross(null);
    click((event.clientX - left) / width, (event.clientY - top) / height, kindOf(event));
  });
  if (!result) return null;
  const { rows, columns } = result.grid;
  const key = (event: KeyboardEvent<HTMLButtonElement>) => {
    if (event.ctrlKey || event.metaKey) return;
    const at = cross ?? { row: Math.floor(rows / 2), column: Math.floor(columns / 2) };
    const [x, y] = [(at.column + 0.5) / columns, (at.row + 0.5) / rows];
    const step = STEPS[event.key];
    if (step) {
      setCross({
        row: Math.min(rows - 1, Math.max(0, at.row + step[0])),
        column: Math.min(columns - 1, Math.max(0, at.column + step[1])),
      });
    } else if (event.key === 'Enter' || event.key === ' ') {
      const last = usePrompt.getState().clicks.at(-1);
      // Where the last click is, or after one by pointer.
      const placed = last !== undefined && (cross === null || (last.x === x && last.y === y));
      if (event.key === 'Enter' && placed) addClicked();
      else {
        click(x, y, kindOf(event));
        setCross(at);
      }
    } else return;
    event.preventDefault();
  };
  return (
    <>
      <button
        type="button"
        className="token-surface click-surface"
        aria-label={words.surface}
        {...pressed}
        onKeyDown={key}
      />
      {cross && (
        <span
          className="pin cross-hair"
          aria-hidden="true"
          style={{
            left: `${((cross.column + 0.5) / columns) * 100}%`,
            top: `${((cross.row + 0.5) / rows) * 100}%`,
          }}
        />
      )}
    </>
  );
}

/** The clicks on the frame, and until its masks have come, where the object's tokens are. */
export function ClickMarks({ coarse, colour }: { coarse: boolean; colour: number }) {
  const frame = useView((view) => view.frame);
  const clicks = usePrompt((prompt) => prompt.clicks);
  const part = usePrompt((prompt) => prompt.part);
  return (
    <>
      {coarse && <CoarseObject colour={colour} />}
      {clicks.map(
        (one, place) =>
          one.frame === frame &&
          !part?.stays.includes(one) && (
            <span
              // biome-ignore lint/suspicious/noArrayIndexKey: clicks are only added at the end.
              key={place}
              className="click-mark"
              data-negative={one.positive === takesAway(part) || undefined}
              aria-hidden="true"
              style={{ left: `${100 * one.x}%`, top: `${100 * one.y}%` }}
            />
          ),
      )}
    </>
  );
}

/** The tokens of the object that is clicked on, smoothed by the browser as they are scaled up. */
function CoarseObject({ colour }: { colour: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const result = useRun((run) => run.result);
  const frame = useView((view) => view.frame);
  const found = usePrompt((prompt) => prompt.glimpse ?? prompt.found);
  useEffect(() => {
    if (!canvas.current || !result || !found) return;
    const { rows, columns } = result.grid;
    canvas.current.width = columns;
    canvas.current.height = rows;
    const shares = sharesIn(found, nearestFrame(result.frames, frame), result.grid);
    const image = new ImageData(columns, rows);
    const [red, green, blue] = [colour >> 16, (colour >> 8) & 255, colour & 255];
    shares?.forEach((share, token) => {
      image.data.set([red, green, blue, Math.round(160 * share)], 4 * token);
    });
    canvas.current.getContext('2d')!.putImageData(image, 0, 0);
  }, [result, frame, found, colour]);
  return <canvas ref={canvas} className="heat coarse-object" />;
}

/** What the clicks are for: to add what they found, or to let it be. */
export function ClickBar() {
  const { tool, kind, clicks, found, of, part } = usePrompt();
  const asked = clicks.length > 0;
  return (
    <section className="brush-bar" aria-label={words.bar}>
      <RadioGroup
        className="segments"
        aria-label={words.kind}
        orientation="horizontal"
        value={kind}
        onChange={(value) => usePrompt.setState({ kind: KINDS.find((id) => id === value) ?? 'new' })}
      >
        {KINDS.map((id) => (
          <Radio key={id} value={id} className="segment">
            {words.kinds[id]}
          </Radio>
        ))}
      </RadioGroup>
      <p role="status">{statusOf(asked, found && found.tokens.length > 0)}</p>
      {asked ? (
        <>
          <Button variant="primary" isDisabled={!found?.tokens.length} onPress={addClicked}>
            {of || part ? words.change : words.add} <Keys action={addObject} />
          </Button>
          <Button variant="quiet" onPress={abandonClicks}>
            {words.cancel}
          </Button>
        </>
      ) : (
        tool && (
          <Button variant="quiet" onPress={toggleTool}>
            {words.done}
          </Button>
        )
      )}
    </section>
  );
}

/** `found`: whether anything was; null while that is not known. */
function statusOf(asked: boolean, found: boolean | null): string {
  if (!asked) return words.hint;
  if (found === null) return words.looking;
  return found ? words.more : words.nothing;
}
