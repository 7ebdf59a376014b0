import { formatOf } from '../../../engine/export/formats/index.ts';
import { frameRange, framesOf } from '../../../engine/export/types.ts';
import { chosenFrames, chosenObjects, startExport, stopExport } from '../../actions/export.ts';
import { exportQueue } from '../../actions/export-queue.ts';
import { encodingOf } from '../../model/exports.ts';
import { exportable } from '../../model/queue.ts';
import { useClip } from '../../stores/clip.ts';
import { useDocument } from '../../stores/document.ts';
import { type Exported, useExport, useExportChoice } from '../../stores/export.ts';
import { useQueue } from '../../stores/queue.ts';
import { isReady, pendingIn, useRun } from '../../stores/run.ts';
import { bytes } from '../../words/format.ts';
import { noted } from '../../words/messages.ts';
import { strings } from '../../words/strings.ts';
import { Button } from '../parts/button.tsx';
import { Icon } from '../parts/icons.tsx';
import { Progress } from '../parts/progress.tsx';

const words = strings.export;

/** What the export will cost, the button that starts it, how far it is, and what it gave. */
export function ExportFoot() {
  const { running, progress, done } = useExport();
  if (running) {
    const part = progress ? progress.done / Math.max(1, progress.total) : 0;
    return (
      <footer className="export-foot">
        <Progress label={words.progress} part={part} />
        <div className="export-row">
          <p className="estimate">
            {progress && <span>{strings.run.amount(progress.done, progress.total, words.unit)}</span>}
            {progress?.left != null && <strong>{strings.run.left(progress.left)}</strong>}
          </p>
          <Button onPress={() => void stopExport()}>{strings.run.cancel}</Button>
        </div>
      </footer>
    );
  }
  return (
    <footer className="export-foot">
      {done && <Done {...done} />}
      <Start />
    </footer>
  );
}

function Start() {
  const choice = useExportChoice();
  const formats = useExport((state) => state.formats);
  const idle = useRun((run) => run.phase === 'idle');
  const together = useQueue(({ clips }) => exportable(clips).length);
  const result = useRun((run) => run.result);
  // Grows with the frames that are done.
  useRun((run) => run.followed);
  const info = useClip((clip) => clip.info);
  useExport((state) => state.frame);
  useDocument();
  if (!info) return null;
  const frames = chosenFrames(choice);
  const { start, count } = frameRange(frames, info.frameCount);
  const wanted = framesOf(frames, info.frameCount);
  const each = formatOf(choice.kind).frames === 'each';
  const without = result ? wanted.filter((frame) => !isReady(result, frame)).length : 0;
  const written = wanted.length - (each ? without : 0);
  const encoding = encodingOf(choice, formats);
  const from = info.timestamps[start]!;
  const seconds = (info.timestamps[start + count] ?? info.timestamps[0]! + info.duration) - from;
  const pending = pendingIn(result);
  const all = result?.frames.length ?? 0;
  const none = chosenObjects(choice.objects).length === 0;
  return (
    <div className="export-row">
      <p className="estimate">
        <strong>{words.count(written)}</strong>
        {encoding && <span>{words.about(bytes((encoding.bitrate * seconds) / 8))}</span>}
        {none && <span>{words.noObjects}</span>}
        {wanted.length === 0 && <span>{words.noneReviewed}</span>}
        {pending > 0 && !idle ? (
          <span>{words.waiting(all - pending, all)}</span>
        ) : (
          without > 0 && <span>{words[each ? 'leftOut' : 'without'](without)}</span>
        )}
      </p>
      {together > 0 && (
        <Button isDisabled={!idle} onPress={() => void exportQueue()}>
          {words.startAll(together)}
        </Button>
      )}
      <Button
        variant="primary"
        isDisabled={none || written === 0 || encoding === null || !idle}
        onPress={() => void startExport()}
      >
        {words.start}
      </Button>
    </div>
  );
}

function Done({ name, bytes: size, frames, notes }: Exported) {
  return (
    <div className="export-done" role="status">
      <Icon name="check" />
      <div>
        <strong>{name}</strong>
        <span>{words.result(frames, bytes(size))}</span>
        {notes.map(noted).map((note) => (
          <span key={note}>{note}</span>
        ))}
      </div>
    </div>
  );
}
