import { strings } from '../../words/strings.ts';
import { ContextMenu } from '../panel/object-menu.tsx';
import { Panel } from '../panel/panel.tsx';
import { Notices } from '../parts/notices.tsx';
import { Guide } from '../stage/guide.tsx';
import { Stage } from '../stage/stage.tsx';
import { ViewBar } from '../stage/view-bar.tsx';
import { Timeline } from '../timeline/timeline.tsx';
import { usePlayback } from '../timeline/use-playback.ts';
import { Queue } from './queue.tsx';

/** An open clip: what is seen, when, and what is in it. */
export default function Workspace() {
  usePlayback();
  return (
    <main className="workspace">
      <Queue />
      <section className="stage-area" aria-label={strings.stage.region}>
        <ViewBar />
        <div className="stage-room">
          <Stage />
          <Notices at="stage" />
        </div>
      </section>
      <Guide />
      <Timeline />
      <Panel />
      <ContextMenu />
    </main>
  );
}
