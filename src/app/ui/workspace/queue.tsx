import { useEffect, useRef } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { stopExportingQueue } from '../../actions/export-queue.ts';
import { leaveQueue, nextInQueue, openFromQueue } from '../../actions/queue.ts';
import { nextClip, nextWaiting, openOf, type QueuedClip } from '../../model/queue.ts';
import { useClip } from '../../stores/clip.ts';
import { useExport } from '../../stores/export.ts';
import { useProject } from '../../stores/project.ts';
import { useQueue } from '../../stores/queue.ts';
import { useRun } from '../../stores/run.ts';
import { strings } from '../../words/strings.ts';
import { Button, IconButton, Tip } from '../parts/button.tsx';
import { Icon } from '../parts/icons.tsx';
import { Progress } from '../parts/progress.tsx';

const words = strings.queue;

/** Clips that were opened together: which is open, how far each is, and a way to the others. */
export function Queue() {
  const { clips, opening, exporting } = useQueue();
  const files = useClip((clip) => clip.files);
  const unsaved = useProject((project) => project.state === 'failed');
  const open = openOf(clips, files);
  if (clips.length === 0 || (clips.length === 1 && open)) return null;
  const resting = open?.state !== 'waiting' && nextWaiting(clips, open?.id) !== undefined;
  return (
    <nav className="queue" aria-label={words.region}>
      <ul>
        {clips.map((clip) => (
          <Item key={clip.id} clip={clip} open={clip === open} opening={clip.id === opening} />
        ))}
      </ul>
      {exporting && <Exporting {...exporting} />}
      {unsaved && <p className="queue-note">{words.notSaved}</p>}
      <Tip label={nextInQueue.label} action={nextInQueue}>
        <Button
          variant={resting ? 'primary' : 'plain'}
          isDisabled={opening !== null || exporting !== null || nextClip(clips, open?.id) === undefined}
          onPress={() => void nextInQueue.run()}
        >
          {words.next}
        </Button>
      </Tip>
    </nav>
  );
}

/** How far the export of all clips is. */
function Exporting({ done, total }: { done: number; total: number }) {
  const now = useExport(({ progress }) => (progress ? progress.done / Math.max(1, progress.total) : 0));
  return (
    <div className="queue-export">
      <span>{words.exporting(done + 1, total)}</span>
      <Progress label={words.exporting(done + 1, total)} part={(done + now) / total} />
      <Button onPress={() => void stopExportingQueue()}>{strings.run.cancel}</Button>
    </div>
  );
}

function Item({ clip, open, opening }: { clip: QueuedClip; open: boolean; opening: boolean }) {
  const idle = useRun((run) => run.phase === 'idle');
  const { name } = clip.file;
  const state = opening
    ? 'opening'
    : clip.state !== 'waiting' || !open
      ? clip.state
      : idle
        ? 'stopped'
        : 'working';
  const own = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (open) own.current?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }, [open]);
  const reported = words.states[state] + (clip.why === null ? '' : `: ${clip.why}`);
  return (
    <li ref={own} className="queued" data-state={state} data-open={open || undefined}>
      <Tip label={`${name} · ${reported}`}>
        <AriaButton
          className="queued-open"
          aria-label={words.open(name)}
          aria-current={open || undefined}
          onPress={() => void (open || openFromQueue(clip))}
        >
          <span className="queued-name">{name}</span>
          <span className="queued-state">
            {state === 'done' && <Icon name="check" size={14} />}
            {state === 'failed' && <Icon name="warning" size={14} />}
            <span>{reported}</span>
          </span>
        </AriaButton>
      </Tip>
      <IconButton icon="close" label={words.remove(name)} onPress={() => void leaveQueue(clip)} />
    </li>
  );
}
