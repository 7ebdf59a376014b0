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
  const open = useClip((clip) => clip.info !== null);
  const exporting = useExport((state) => state.open);
  const choosing = useModels((state) => state.open);
  const adapting = useAdapt((state) => state.open);
  const help = useView((view) => view.help);
  const theme = usePreferences((preferences) => preferences.theme);
  // After a reload the first screen would only flash up.
  const [returning, setReturning] = useState(() => openBefore() !== null && !isLinked());
  useShortcuts();
  useEffect(() => {
    offerRestarts();
    void (isLinked() ? openLink() : reopen()).finally(() => {
      setReturning(false);
      void warmUp();
    });
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
      {returning && !open ? (
        <main className="workspace" aria-busy="true" />
      ) : open ? (
        <Suspense fallback={<main className="workspace" />}>
          <Workspace />
        </Suspense>
      ) : (
        <Landing />
      )}
      {exporting && (
        <Suspense>
          <ExportDialog />
        </Suspense>
      )}
      {choosing && (
        <Suspense>
          <ModelsDialog />
        </Suspense>
      )}
      {adapting && (
        <Suspense>
          <AdaptDialog />
        </Suspense>
      )}
      {help && (
        <Suspense>
          <HelpDialog />
        </Suspense>
      )}
      <Announcements />
      <DropTarget />
    </div>
  );
}
