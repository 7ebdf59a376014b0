import { forgetResults } from '../src/app/actions/runner.ts';
import { NO_CLIP, useClip } from '../src/app/stores/clip.ts';
import { NO_DOCUMENT, useDocument } from '../src/app/stores/document.ts';
import { useNotices } from '../src/app/stores/notices.ts';
import { NO_CLICKS, usePrompt } from '../src/app/stores/prompt.ts';
import { NO_QUEUE, useQueue } from '../src/app/stores/queue.ts';
import { NO_RUN, useRun } from '../src/app/stores/run.ts';
import { NO_VIEW, useView } from '../src/app/stores/view.ts';
import { takeClip } from '../src/app/workers/engine.ts';
import { Scope } from '../src/lib/task.ts';
import { renewWorkers, SETTINGS } from './page-workers.ts';

/** The page as it is first opened, with workers of its own. The test file has mocked their connection. */
export function freshPage() {
  useClip.setState({ ...NO_CLIP, opening: false });
  useRun.setState(NO_RUN);
  useDocument.setState(NO_DOCUMENT);
  useQueue.setState(NO_QUEUE);
  usePrompt.setState({ tool: false, ...NO_CLICKS });
  useNotices.setState({ notices: [], announcement: '' });
  useView.setState(NO_VIEW);
  forgetResults();
  takeClip(null);
  return renewWorkers();
}

/** The same with a clip that is open. */
export function pageWithClip() {
  const workers = freshPage();
  takeClip(workers.clip as unknown as Parameters<typeof takeClip>[0]);
  useClip.setState({ scope: new Scope() });
  useRun.setState({ settings: SETTINGS });
  return workers;
}

export const closePage = async (): Promise<void> => useClip.getState().scope?.close();
