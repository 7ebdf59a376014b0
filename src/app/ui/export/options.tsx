import type { ReactNode } from 'react';
import { Checkbox } from 'react-aria-components';
import type { OptionName } from '../../../engine/export/format.ts';
import { formatOf } from '../../../engine/export/formats/index.ts';
import type { VideoQuality } from '../../../engine/export/types.ts';
import { chosenObjects } from '../../actions/export.ts';
import {
  type BackdropName,
  containerFor,
  containersOf,
  encodingOf,
  type WhichObjects,
} from '../../model/exports.ts';
import { useClip } from '../../stores/clip.ts';
import { useDocument } from '../../stores/document.ts';
import { useExport, useExportChoice } from '../../stores/export.ts';
import { useRun } from '../../stores/run.ts';
import { strings } from '../../words/strings.ts';
import { EdgeFields } from '../parts/edge-fields.tsx';
import { NumberField, Select } from '../parts/fields.tsx';
import { Icon } from '../parts/icons.tsx';

const words = strings.export;
const set = useExportChoice.setState;

/** What matters for the chosen kind, and nothing else. */
export function ExportOptions() {
  const kind = useExportChoice((choice) => choice.kind);
  const running = useExport((state) => state.running);
  const { options, frames } = formatOf(kind);
  return (
    <div className="export-options" inert={running}>
      <Objects />
      {frames === 'one' ? <OneFrame /> : <Frames />}
      {frames === 'each' && <ReviewedOnly />}
      {options.map((name) => {
        const Option = OPTIONS[name];
        return Option && <Option key={name} />;
      })}
      <p className="field-note">{words.kinds[kind].holds}</p>
    </div>
  );
}

/** What a user sets of each option; null: it follows from what the page shows. */
const OPTIONS: Readonly<Record<OptionName, (() => ReactNode) | null>> = {
  overlay: null,
  container: ContainerOption,
  backdrop: BackdropOption,
  edge: EdgeFields,
  quality: QualityOption,
  sound: SoundOption,
  width: WidthOption,
  pictures: PicturesOption,
};

function ContainerOption() {
  const choice = useExportChoice();
  const formats = useExport((state) => state.formats);
  if (containersOf(formats).length < 2) return null;
  return (
    <Select
      label={words.container}
      value={containerFor(choice, formats)}
      options={containersOf(formats).map((id) => ({ id, ...words.containers[id] }))}
      onChange={(container) => set({ container })}
    />
  );
}

function BackdropOption() {
  const backdrop = useExportChoice((choice) => choice.backdrop);
  return (
    <Select
      label={words.backdrop}
      value={backdrop}
      options={named<BackdropName>(words.backdrops)}
      onChange={(next) => set({ backdrop: next })}
    />
  );
}

function QualityOption() {
  const choice = useExportChoice();
  const formats = useExport((state) => state.formats);
  return (
    <>
      <Format />
      {encodingOf(choice, formats) !== null && (
        <Select
          label={words.quality}
          value={choice.quality}
          options={named<VideoQuality>(words.qualities)}
          onChange={(quality) => set({ quality })}
        />
      )}
    </>
  );
}

function SoundOption() {
  const sound = useExportChoice((choice) => choice.sound);
  const hasAudio = useClip((clip) => clip.info?.hasAudio ?? false);
  if (!hasAudio) return null;
  return <Check label={words.sound} isSelected={sound} onChange={(next) => set({ sound: next })} />;
}

function WidthOption() {
  const gifWidth = useExportChoice((choice) => choice.gifWidth);
  const info = useClip((clip) => clip.info);
  if (!info) return null;
  return (
    <NumberField
      label={words.gifWidth}
      value={Math.min(gifWidth, info.width)}
      range={[Math.min(64, info.width), info.width]}
      onChange={(width) => set({ gifWidth: width })}
    />
  );
}

function PicturesOption() {
  const pictures = useExportChoice((choice) => choice.pictures);
  return <Check label={words.pictures} isSelected={pictures} onChange={(next) => set({ pictures: next })} />;
}

function Check({
  label,
  ...props
}: {
  label: string;
  isSelected: boolean;
  onChange: (selected: boolean) => void;
}) {
  return (
    <Checkbox className="check" {...props}>
      <span className="check-box">
        <Icon name="check" size={14} />
      </span>
      {label}
    </Checkbox>
  );
}

/** The frame of what is written for one: first the one on the stage. */
function OneFrame() {
  const frame = useExport((state) => state.frame);
  const count = useClip((clip) => clip.info?.frameCount ?? 1);
  return (
    <NumberField
      label={words.frame}
      value={frame + 1}
      range={[1, count]}
      onChange={(number) => useExport.setState({ frame: number - 1 })}
    />
  );
}

function Objects() {
  const choice = useExportChoice((state) => state.objects);
  useDocument();
  const selected = chosenObjects('selected').length;
  const options: WhichObjects[] = selected > 0 ? ['shown', 'selected', 'all'] : ['shown', 'all'];
  return (
    <Select
      label={words.objects}
      value={options.includes(choice) ? choice : 'shown'}
      options={options.map((id) => ({ id, name: words.which[id](chosenObjects(id).length) }))}
      onChange={(objects) => set({ objects })}
    />
  );
}

/** Only where a part of the clip was segmented is there anything to choose. */
function Frames() {
  const wholeClip = useExportChoice((choice) => choice.wholeClip);
  const settings = useRun((run) => run.result?.settings);
  const count = useClip((clip) => clip.info?.frameCount ?? 0);
  if (!settings || (settings.start === 0 && settings.end === null)) return null;
  return (
    <Select
      label={words.frames}
      value={wholeClip ? 'whole' : 'part'}
      options={[
        { id: 'part', name: strings.timeline.part(settings.start + 1, settings.end ?? count) },
        { id: 'whole', name: words.whole(count) },
      ]}
      onChange={(id) => set({ wholeClip: id === 'whole' })}
    />
  );
}

/** Of interest once a frame was reviewed; what was chosen for another clip stays in sight. */
function ReviewedOnly() {
  const only = useExportChoice((choice) => choice.reviewedOnly);
  const some = useDocument((state) => state.reviewed.length > 0);
  if (!some && !only) return null;
  return (
    <Check label={words.reviewedOnly} isSelected={only} onChange={(next) => set({ reviewedOnly: next })} />
  );
}

/** Explains which choices are missing because the browser cannot write them. */
function Format() {
  const formats = useExport((state) => state.formats);
  const kind = useExportChoice((choice) => choice.kind);
  if (!formats) return null;
  if (kind === 'cutout') {
    return <p className="field-note">{formats.alpha ? words.alpha : words.noAlpha}</p>;
  }
  if (!formats.mp4 && !formats.webm) return <p className="field-note">{words.noVideo}</p>;
  if (!formats.mp4) return <p className="field-note">{words.noMp4}</p>;
  if (!formats.webm) return <p className="field-note">{words.noWebm}</p>;
  return null;
}

const named = <K extends string>(names: Readonly<Record<K, string>>) =>
  (Object.entries(names) as [K, string][]).map(([id, name]) => ({ id, name }));
