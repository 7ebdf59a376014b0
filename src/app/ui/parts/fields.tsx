import type { ReactNode } from 'react';
import {
  NumberField as AriaNumberField,
  Select as AriaSelect,
  Slider as AriaSlider,
  Button,
  Group,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  SelectValue,
  SliderOutput,
  SliderThumb,
  SliderTrack,
  Text,
} from 'react-aria-components';
import { Icon } from './icons.tsx';

interface SliderProps {
  label: string;
  value: number;
  range: readonly [number, number];
  step: number;
  show: string;
  onChange: (value: number) => void;
  /** Called when the thumb is released. */
  onChangeEnd?: (value: number) => void;
  isDisabled?: boolean;
  /** What lies under the track, from end to end of the thumb's way. */
  under?: ReactNode;
  /** Words at the two ends. */
  ends?: readonly [string, string];
  format?: Intl.NumberFormatOptions;
}

export function Slider({
  label,
  value,
  range,
  step,
  show,
  onChange,
  onChangeEnd,
  isDisabled,
  under,
  ends,
  format,
}: SliderProps) {
  return (
    <AriaSlider
      className="slider"
      value={value}
      minValue={range[0]}
      maxValue={range[1]}
      step={step}
      isDisabled={isDisabled ?? false}
      onChange={onChange}
      {...(onChangeEnd ? { onChangeEnd } : {})}
      {...(format ? { formatOptions: format } : {})}
    >
      <Label>{label}</Label>
      <SliderOutput>{show}</SliderOutput>
      <SliderTrack className="slider-track">
        {({ state }) => (
          <>
            <div className="slider-groove" />
            <div className="slider-fill" style={{ width: `${state.getThumbPercent(0) * 100}%` }} />
            <SliderThumb className="slider-thumb" />
          </>
        )}
      </SliderTrack>
      {under && <div className="slider-under">{under}</div>}
      {ends && (
        <div className="slider-ends" aria-hidden="true">
          <span>{ends[0]}</span>
          <span>{ends[1]}</span>
        </div>
      )}
    </AriaSlider>
  );
}

interface Option<K extends string> {
  id: K;
  name: string;
  hint?: string;
}

export function Select<K extends string>({
  label,
  value,
  options,
  hint,
  onChange,
}: {
  label: string;
  /** What it is for, in a sentence below. */
  hint?: string;
  value: K;
  options: readonly Option<K>[];
  onChange: (value: K) => void;
}) {
  return (
    <AriaSelect
      className="field"
      value={value}
      onChange={(key) => {
        const chosen = options.find((option) => option.id === key);
        if (chosen) onChange(chosen.id);
      }}
    >
      <Label>{label}</Label>
      <Button className="select-button">
        <SelectValue>{options.find((option) => option.id === value)?.name ?? value}</SelectValue>
        <Icon name="chevron" size={16} />
      </Button>
      {hint && (
        <Text slot="description" className="hint">
          {hint}
        </Text>
      )}
      <Popover className="popover select-popover">
        <ListBox className="listbox" items={options}>
          {(option) => (
            <ListBoxItem id={option.id} textValue={option.name} className="listbox-item">
              <Text slot="label">{option.name}</Text>
              {option.hint && (
                <Text slot="description" className="hint">
                  {option.hint}
                </Text>
              )}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}

export function NumberField({
  label,
  value,
  range,
  step = 1,
  digits = 0,
  isDisabled,
  stepped,
  hint,
  onChange,
}: {
  label: string;
  /** What it is for, in a sentence below. */
  hint?: string;
  value: number;
  range: readonly [number, number];
  step?: number;
  digits?: number;
  /** With buttons for one less and one more. */
  stepped?: boolean;
  isDisabled?: boolean;
  onChange: (value: number) => void;
}) {
  return (
    <AriaNumberField
      className="field"
      value={value}
      minValue={range[0]}
      maxValue={range[1]}
      step={step}
      isDisabled={isDisabled ?? false}
      formatOptions={{ maximumFractionDigits: digits, useGrouping: false }}
      onChange={(next) => {
        if (Number.isFinite(next)) onChange(next);
      }}
    >
      <Label>{label}</Label>
      {stepped ? (
        <Group className="stepper">
          <Button slot="decrement" className="icon-button">
            <Icon name="minus" size={16} />
          </Button>
          <Input className="input" />
          <Button slot="increment" className="icon-button">
            <Icon name="plus" size={16} />
          </Button>
        </Group>
      ) : (
        <Input className="input" />
      )}
      {hint && (
        <Text slot="description" className="hint">
          {hint}
        </Text>
      )}
    </AriaNumberField>
  );
}

/** A name and what belongs to it, in a report. */
export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="fact">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
