import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from 'react';
import { Radio, RadioGroup } from 'react-aria-components';
import { begins, brushed, paintStroke, RADII } from '../../actions/brush.ts';
import { nameOf } from '../../model/objects.ts';
import { css } from '../../model/palette.ts';
import { useDocument } from '../../stores/document.ts';
import { type Brush, useView } from '../../stores/view.ts';
import { percent } from '../../words/format.ts';
import { strings } from '../../words/strings.ts';
import { Button } from '../parts/button.tsx';
import { Slider } from '../parts/fields.tsx';
import { STEPS } from './token-surface.tsx';

const words = strings.brush;
const MODES = Object.keys(words.modes) as Brush[];

/** Where the pointer is and has been since it was pressed, as shares of the picture. */
interface Way {
  x: number;
  y: number;
  points: readonly number[];
}

interface Stroke {
  points: readonly number[];
  radius: number;
  colour: string;
}

/** A stroke's line on a sheet of its own, at full strength: what is added to the stroke is all that is drawn. */
class Ink {
  readonly #sheet = new OffscreenCanvas(1, 1);
  #stroke: Stroke | null = null;

  /** Puts a stroke over a picture. */
  layOn(target: CanvasRenderingContext2D, stroke: Stroke): void {
    const { width, height } = target.canvas;
    const context = this.#sheet.getContext('2d')!;
    const drawn = this.#goesOn(stroke, width, height) ? this.#stroke!.points.length : 0;
    if (drawn === 0) Object.assign(this.#sheet, { width, height });
    this.#stroke = stroke;
    const { points, radius, colour } = stroke;
    if (points.length > drawn) {
      context.lineWidth = 2 * radius * width;
      context.lineCap = 'round';
      context.lineJoin = 'round';
      context.strokeStyle = colour;
      context.beginPath();
      for (let i = Math.max(0, drawn - 2); i < points.length; i += 2)
        context.lineTo(points[i]! * width, points[i + 1]! * height);
      // A line without a length is not drawn.
      if (points.length === 2) context.lineTo(points[0]! * width, points[1]! * height + 0.01);
      context.stroke();
    }
    target.save();
    target.globalAlpha = 0.6;
    target.drawImage(this.#sheet, 0, 0);
    target.restore();
  }

  /** Whether a stroke is the one on the sheet, or that with more at its end. */
  #goesOn({ points, radius, colour }: Stroke, width: number, height: number): boolean {
    const before = this.#stroke;
    return (
      before !== null &&
      this.#sheet.width === width &&
      this.#sheet.height === height &&
      before.radius === radius &&
      before.colour === colour &&
      before.points.length > 0 &&
      before.points.length <= points.length &&
      before.points.every((value, i) => value === points[i])
    );
  }
}

/**
 * Takes the brush's strokes on the frame; a stroke under way is drawn as a line. Focused, the arrow keys move the brush by its
 * radius, and Enter puts it down and lifts it.
 */
export function BrushLayer() {
  const brush = useView((view) => view.brush)!;
  const radius = useView((view) => view.brushRadius);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [ink] = useState(() => ({ way: new Ink(), laid: new Ink() }));
  const [way, setWay] = useState<Way | null>(null);
  /** The last stroke, until the masks have it. */
  const [laid, setLaid] = useState<Stroke | null>(null);
  const awaited = useView((view) => view.corrected) !== useDocument((state) => state.strokes);
  useDocument((objects) => objects.selected);
  const object = brushed();
  const fresh = useView((view) => view.brushFresh) && brush === 'paint';
  const colour = brush === 'paint' && object && !fresh ? css(object.colour) : '#ffffff';

  useEffect(() => {
    const target = canvas.current!;
    const { clientWidth: width, clientHeight: height } = target;
    if (target.width !== width || target.height !== height) Object.assign(target, { width, height });
    const context = target.getContext('2d')!;
    context.clearRect(0, 0, width, height);
    if (width === 0 || height === 0) return;
    if (laid) ink.laid.layOn(context, laid);
    if (!way) return;
    if (way.points.length > 0) ink.way.layOn(context, { points: way.points, radius, colour });
    context.save();
    context.lineWidth = 1.5;
    context.strokeStyle = '#fff';
    context.shadowColor = '#000';
    context.shadowBlur = 2;
    context.beginPath();
    context.arc(way.x * width, way.y * height, radius * width, 0, 2 * Math.PI);
    context.stroke();
    context.restore();
  }, [way, laid, radius, colour, ink]);
  useEffect(() => {
    if (!awaited && laid) setLaid(null);
  }, [awaited, laid]);

  const lay = (points: readonly number[]) => {
    setLaid({ points, radius, colour });
    void paintStroke(points, brush!);
  };

  const at = (event: { clientX: number; clientY: number }, bounds: DOMRect) => ({
    x: (event.clientX - bounds.left) / bounds.width,
    y: (event.clientY - bounds.top) / bounds.height,
  });
  const follow = (event: PointerEvent<HTMLCanvasElement>) => {
    const bounds = event.currentTarget.getBoundingClientRect();
    const here = at(event, bounds);
    const held = event.currentTarget.hasPointerCapture(event.pointerId);
    const passed = event.nativeEvent.getCoalescedEvents().map((passed) => at(passed, bounds));
    const steps = passed.length > 0 ? passed : [here];
    setWay((before) => ({
      ...here,
      points: held ? [...(before?.points ?? []), ...steps.flatMap(({ x, y }) => [x, y])] : [],
    }));
  };
  const press = (event: KeyboardEvent<HTMLButtonElement>) => {
    if (event.ctrlKey || event.metaKey) return;
    const { clientWidth, clientHeight } = canvas.current!;
    const { x, y, points } = way ?? { x: 0.5, y: 0.5, points: [] };
    const step = STEPS[event.key];
    if (step) {
      const to = {
        x: Math.min(1, Math.max(0, x + step[1] * radius)),
        y: Math.min(1, Math.max(0, y + (step[0] * radius * clientWidth) / clientHeight)),
      };
      setWay({ ...to, points: points.length > 0 ? [...points, to.x, to.y] : [] });
    } else if (event.key === 'Enter' || event.key === ' ') {
      const down = points.length === 0;
      if (!down) lay(points);
      setWay({ x, y, points: down && (object || begins(brush)) ? [x, y] : [] });
    } else return;
    event.preventDefault();
  };
  return (
    <>
      <button
        type="button"
        className="token-surface brush-keys"
        aria-label={words.surface}
        onFocus={() => setWay({ x: 0.5, y: 0.5, points: [] })}
        onBlur={() => setWay(null)}
        onKeyDown={press}
      />
      <canvas
        ref={canvas}
        className="brush-layer"
        onPointerDown={(event) => {
          if (!object && !begins(brush)) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          const here = at(event, event.currentTarget.getBoundingClientRect());
          setWay({ ...here, points: [here.x, here.y] });
        }}
        onPointerMove={follow}
        onPointerUp={() => {
          if (way && way.points.length > 0) lay(way.points);
          setWay(way && { ...way, points: [] });
        }}
        onPointerCancel={() => setWay(null)}
        onPointerLeave={() => setWay(null)}
      />
    </>
  );
}

/** What the brush does, how large it is, and what it is for. */
export function BrushBar() {
  const brush = useView((view) => view.brush);
  const radius = useView((view) => view.brushRadius);
  const propagating = useView((view) => view.propagating > 0);
  const objects = useDocument((state) => state.objects);
  useDocument((state) => state.selected);
  const fresh = useView((view) => view.brushFresh) && brush === 'paint';
  const object = brushed();
  const hint = object ? words.hint(nameOf(object, objects)) : words.choose;
  return (
    <section className="brush-bar" aria-label={words.bar}>
      <RadioGroup
        className="segments"
        aria-label={words.mode}
        orientation="horizontal"
        value={brush}
        onChange={(value) => useView.setState({ brush: value === 'erase' ? 'erase' : 'paint' })}
      >
        {MODES.map((mode) => (
          <Radio key={mode} value={mode} className="segment">
            {words.modes[mode]}
          </Radio>
        ))}
      </RadioGroup>
      <Slider
        label={words.size}
        value={radius}
        range={RADII}
        step={0.005}
        show={percent(2 * radius)}
        format={{ style: 'percent', maximumFractionDigits: 1 }}
        onChange={(brushRadius) => useView.setState({ brushRadius })}
      />
      <p role="status">{propagating ? words.propagating : fresh ? words.freshHint : hint}</p>
      <Button variant="quiet" onPress={() => useView.setState({ brush: 'paint', brushFresh: true })}>
        {words.fresh}
      </Button>
      <Button variant="quiet" onPress={() => useView.setState({ brush: null })}>
        {words.done}
      </Button>
    </section>
  );
}
