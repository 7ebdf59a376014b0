import { lazy, Suspense, useEffect, useState } from 'react';
import { keepAll } from './actions/keep.ts';
import { followLinks, isLinked, openLink } from './actions/link.ts';
import { reopen } from './actions/recent.ts';
import { offerRestarts } from './actions/restart.ts';
import { warmUp } from './actions/warm-up.ts';
import { openBefore } from './project/tab.ts';
import { useAdapt } from './stores/adapt.ts';
import { useClip } from './stores/clip.ts';
import { useExport } from './stores/export.ts';
import { useModels } from './stores/models.ts';
import { usePreferences } from './stores/preferences.ts';
import { useView } from './stores/view.ts';
import { Landing } from './ui/landing/landing.tsx';
import { Announcements, Notices } from './ui/parts/notices.tsx';
import { Bar } from './ui/shell/bar.tsx';
import { DropTarget } from './ui/shell/drop.tsx';
import { useShortcuts } from './ui/shell/shortcuts.ts';

const loadWorkspace = () => import('./ui/workspace/workspace.tsx');
const Workspace = lazy(loadWorkspace);
const ExportDialog = lazy(() => import('./ui/export/dialog.tsx'));
const ModelsDialog = lazy(() => import('./ui/models/dialog.tsx'));
const AdaptDialog = lazy(() => import('./ui/adapt/dialog.tsx'));
const HelpDialog = lazy(() => import('./ui/shell/help.tsx'));

/** The page. What the first screen does not need is loaded once that screen stands. */
export function App() {
  const theme = usePreferences((preferences) => preferences.theme);
  useShortcuts();
  useEffect(() => {
    const ends = [keepAll(), followLinks()];
    return () => {
      for (const end of ends) end();
    };
  }, []);
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);
  useEffect(() => {
    const soon = setTimeout(() => void loadWorkspace(), 300);
    return () => clearTimeout(soon);
  }, []);
  return (
    <div className="app">
      <Bar />
      <Notices at="page" />
      <Main />
      <Dialogs />
      <Announcements />
      <DropTarget />
    </div>
  );
}

/** The first screen, or the open clip. */
function Main() {
  const open = useClip((clip) => clip.info !== null);
  // After a reload the first screen would only flash up.
  const [returning, setReturning] = useState(() => openBefore() !== null && !isLinked());
  useEffect(() => {
    offerRestarts();
    void (isLinked() ? openLink() : reopen()).finally(() => {
      setReturning(false);
      void warmUp();
    });
  }, []);
  if (returning && !open) return <main className="workspace" aria-busy="true" />;
  if (!open) return <Landing />;
  return (
    <Suspense fallback={<main className="workspace" />}>
      <Workspace />
    </Suspense>
  );
}

/** What lies over the page, one at a time. Apart from it: a dialog that opens draws nothing else anew. */
function Dialogs() {
  const exporting = useExport((state) => state.open);
  const choosing = useModels((state) => state.open);
  const adapting = useAdapt((state) => state.open);
  const help = useView((view) => view.help);
  return (
    <Suspense>
      {exporting && <ExportDialog />}
      {choosing && <ModelsDialog />}
      {adapting && <AdaptDialog />}
      {help && <HelpDialog />}
    </Suspense>
  );
}
