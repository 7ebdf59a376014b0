import { Radio, RadioGroup } from 'react-aria-components';
import * as brush from '../../actions/brush.ts';
import * as click from '../../actions/click.ts';
import * as effects from '../../actions/effects.ts';
import * as view from '../../actions/view.ts';
import { useDocument } from '../../stores/document.ts';
import { usePreferences } from '../../stores/preferences.ts';
import { usePrompt } from '../../stores/prompt.ts';
import { useRun } from '../../stores/run.ts';
import { useTruth } from '../../stores/truth.ts';
import { type Mode, useView } from '../../stores/view.ts';
import { percent } from '../../words/format.ts';
import { strings } from '../../words/strings.ts';
import { IconToggle } from '../parts/button.tsx';
import { Slider } from '../parts/fields.tsx';

const MODES = ['masks', 'motion', 'attention', 'hierarchy', 'distance'] as const satisfies readonly Mode[];

/** How the frame is looked at. */
export function ViewBar() {
  const mode = useView((state) => state.mode);
  const ready = useRun((run) => run.result !== null);
  return (
    <div className="view-bar">
      <RadioGroup
        className="segments"
        aria-label={strings.stage.view}
        orientation="horizontal"
        value={mode}
        isDisabled={!ready}
        onChange={(value) => view.setMode(MODES.find((id) => id === value) ?? 'masks')}
      >
        {MODES.map((id) => (
          <Radio key={id} value={id} className="segment">
            {strings.stage[id]}
          </Radio>
        ))}
      </RadioGroup>
      <div className="view-tools">
        <Opacity />
        {mode === 'masks' && <ClickToggle />}
        {mode === 'masks' && <BrushToggle />}
        {(mode === 'masks' || mode === 'hierarchy') && <Looks />}
      </div>
    </div>
  );
}

function Opacity() {
  const opacity = usePreferences((preferences) => preferences.opacity);
  return (
    <Slider
      label={strings.stage.opacity}
      value={opacity}
      range={[0, 1]}
      step={0.05}
      show={percent(opacity)}
      format={{ style: 'percent' }}
      onChange={(value) => usePreferences.setState({ opacity: value })}
    />
  );
}

function ClickToggle() {
  const tool = usePrompt((prompt) => prompt.tool);
  const ready = useRun((run) => run.result !== null);
  return (
    <IconToggle
      icon="click"
      label={strings.click.tool}
      action={click.clickTool}
      isSelected={tool}
      isDisabled={!ready}
    />
  );
}

function BrushToggle() {
  const painting = useView((state) => state.brush !== null);
  const ready = useRun((run) => run.result !== null);
  return (
    <IconToggle
      icon="brush"
      label={strings.brush.tool}
      action={brush.paintBrush}
      isSelected={painting}
      isDisabled={!ready}
    />
  );
}

/** How the objects' areas are drawn. */
function Looks() {
  const outlines = usePreferences((preferences) => preferences.outlines);
  const patterns = usePreferences((preferences) => preferences.patterns);
  const byClass = usePreferences((preferences) => preferences.byClass);
  const classes = useDocument((state) => state.classes.length > 0);
  const dimmed = useDocument((state) => state.effects.background === 'dim');
  const comparing = useView((state) => state.compare !== null);
  const objects = useView((state) => state.mode === 'masks');
  const ready = useRun((run) => run.result !== null);
  const { info: truth, outlines: truthOutlines } = useTruth();
  return (
    <>
      <IconToggle
        icon="outlines"
        label={strings.stage.outlines}
        action={view.outlines}
        isSelected={outlines}
      />
      <IconToggle
        icon="patterns"
        label={strings.stage.patterns}
        action={view.patterns}
        isSelected={patterns}
      />
      {objects && classes && (
        <IconToggle icon="tag" label={strings.stage.byClass} action={view.byClass} isSelected={byClass} />
      )}
      {truth && (
        <IconToggle icon="truth" label={strings.stage.truth} action={view.truth} isSelected={truthOutlines} />
      )}
      {objects && (
        <>
          <IconToggle
            icon="spotlight"
            label={strings.stage.spotlight}
            action={effects.spotlight}
            isSelected={dimmed}
            isDisabled={!ready}
          />
          <IconToggle
            icon="compare"
            label={strings.stage.compare}
            action={effects.compare}
            isSelected={comparing}
            isDisabled={!ready}
          />
        </>
      )}
    </>
  );
}
