import { Slider, SliderThumb, SliderTrack } from 'react-aria-components';
import { useView } from '../../stores/view.ts';
import { strings } from '../../words/strings.ts';

/** Parts the picture into the clip as it is, at the left, and as it will be. */
export function Divider({ at }: { at: number }) {
  return (
    <Slider
      className="divider"
      aria-label={strings.stage.divider}
      value={at}
      minValue={0}
      maxValue={1}
      step={0.01}
      formatOptions={{ style: 'percent' }}
      onChange={(compare) => useView.setState({ compare })}
    >
      <span className="divider-side" data-side="before" aria-hidden="true">
        {strings.stage.before}
      </span>
      <span className="divider-side" data-side="after" aria-hidden="true">
        {strings.stage.after}
      </span>
      <SliderTrack className="divider-track">
        <SliderThumb className="divider-thumb" />
      </SliderTrack>
    </Slider>
  );
}
