import { Checkbox } from 'react-aria-components';
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
import { useExport, useExportChoice } from '../../stores/export.ts';
import { useObjects } from '../../stores/objects.ts';
import { useRun } from '../../stores/run.ts';
import { strings } from '../../words/strings.ts';
import { NumberField, Select } from '../parts/fields.tsx';
import { Icon } from '../parts/icons.tsx';

const words = strings.export;
const set = useExportChoice.setState;

/** What matters for the chosen kind, and nothing else. */
export function ExportOptions() {
  const choice = useExportChoice();
  const formats = useExport((state) => state.formats);
  const running = useExport((state) => state.running);
  const info = useClip((clip) => clip.info);
  const { kind } = choice;
  const video = kind === 'overlay' || kind === 'cutout' || kind === 'background';
  const encoding = encodingOf(choice, formats);
  return (
    <div className="export-options" inert={running}>
      <Objects />
      <Frames />
      {(kind === 'overlay' || kind === 'background') && containersOf(formats).length > 1 && (
        <Select
          label={words.container}
          value={containerFor(choice, formats)}
          options={containersOf(formats).map((id) => ({ id, ...words.containers[id] }))}
          onChange={(container) => set({ container })}
        />
      )}
      {video && <Format />}
      {kind === 'background' && (
        <Select
          label={words.backdrop}
          value={choice.backdrop}
          options={named<BackdropName>(words.backdrops)}
          onChange={(backdrop) => set({ backdrop })}
        />
      )}
      {video && encoding !== null && (
        <Select
          label={words.quality}
          value={choice.quality}
          options={named<VideoQuality>(words.qualities)}
          onChange={(quality) => set({ quality })}
        />
      )}
      {video && info?.hasAudio && (
        <Checkbox className="check" isSelected={choice.sound} onChange={(sound) => set({ sound })}>
          <span className="check-box">
            <Icon name="check" size={14} />
          </span>
          {words.sound}
        </Checkbox>
      )}
      {kind === 'gif' && info && (
        <NumberField
          label={words.gifWidth}
          value={Math.min(choice.gifWidth, info.width)}
          range={[Math.min(64, info.width), info.width]}
          onChange={(gifWidth) => set({ gifWidth })}
        />
      )}
      <p className="field-note">{words.kinds[kind].holds}</p>
    </div>
  );
}

function Objects() {
  const choice = useExportChoice((state) => state.objects);
  useObjects();
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

/** What the browser cannot write, said before it is missed. */
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
