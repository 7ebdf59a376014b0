import { useEffect, useState } from 'react';
import { formatOf } from '../../../engine/export/formats/index.ts';
import { abortable, delay } from '../../../lib/task.ts';
import { previewExport } from '../../actions/export.ts';
import { useDocument } from '../../stores/document.ts';
import { useExport, useExportChoice } from '../../stores/export.ts';
import { showFailure } from '../../stores/notices.ts';
import { usePreferences } from '../../stores/preferences.ts';
import { useRun } from '../../stores/run.ts';
import { strings } from '../../words/strings.ts';

/** Longest side of the picture, in pixels. */
const LONGEST = 560;
/** Milliseconds without a change before a picture is asked for: a slider asks for many. */
const REST = 200;

/** The frame on the stage as it will be written, where the format shows pictures. */
export function ExportPreview() {
  const open = useExport((state) => state.open);
  const running = useExport((state) => state.running);
  const idle = useRun((run) => run.phase === 'idle');
  const followed = useRun((run) => run.followed);
  const choice = useExportChoice();
  const { objects, strokes, effects } = useDocument();
  const overlay = usePreferences();
  const [address, setAddress] = useState<string | null>(null);
  const shows = formatOf(choice.kind).painter !== undefined;

  useEffect(() => {
    // Everything the picture depends on: it is requested again when any of it changes.
    void [choice, objects, strokes, effects, overlay, followed];
    if (!open || running || !idle || !shows) return;
    const left = new AbortController();
    delay(REST, left.signal)
      .then(() => abortable(previewExport(LONGEST), left.signal))
      .then((picture) => setAddress(picture && URL.createObjectURL(picture)))
      .catch(showFailure);
    return () => left.abort();
  }, [open, running, idle, shows, choice, objects, strokes, effects, overlay, followed]);
  useEffect(
    () => () => {
      if (address) URL.revokeObjectURL(address);
    },
    [address],
  );
  if (!shows || !address) return null;
  return <img className="export-preview" src={address} alt={strings.export.preview} />;
}
