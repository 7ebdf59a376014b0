import { Button as AriaButton } from 'react-aria-components';
import { useAdapt } from '../../stores/adapt.ts';
import { useClip } from '../../stores/clip.ts';
import { useExport } from '../../stores/export.ts';
import { useModels } from '../../stores/models.ts';
import { dismiss, type Notice, useNotices } from '../../stores/notices.ts';
import { useView } from '../../stores/view.ts';
import { strings } from '../../words/strings.ts';
import { Button } from './button.tsx';
import { Icon } from './icons.tsx';
import { Progress } from './progress.tsx';

const ICONS = { error: 'warning', info: 'check', busy: 'layers' } as const satisfies Record<
  Notice['kind'],
  string
>;

/** Below the bar of the first screen, over the picture, or in the dialog that lies over everything. */
type Place = 'page' | 'stage' | 'dialog';

/** The one place where notices are seen and cover nothing that can be pressed. */
function usePlace(): Place {
  const open = useClip((clip) => clip.info !== null);
  const exporting = useExport((state) => state.open);
  const choosing = useModels((state) => state.open);
  const adapting = useAdapt((state) => state.open);
  const help = useView((view) => view.help);
  if (exporting || choosing || adapting || help) return 'dialog';
  return open ? 'stage' : 'page';
}

/** What went wrong or was done. Every place has this; only the one that is in sight shows anything. */
export function Notices({ at }: { at: Place }) {
  const place = usePlace();
  const notices = useNotices((state) => state.notices);
  if (place !== at || notices.length === 0) return null;
  return (
    <section className="notices" data-at={at} aria-label={strings.notices.region}>
      {notices.map(({ id, kind, what, todo, code, action, part }) => (
        <div
          key={id}
          className={`notice notice-${kind}`}
          role={kind === 'error' ? 'alert' : 'status'}
          data-code={code ?? undefined}
        >
          <Icon name={ICONS[kind]} />
          <div className="notice-text">
            <p>{what}</p>
            {todo && <p className="notice-todo">{todo}</p>}
            {part !== undefined && <Progress label={what} part={part} />}
            {action && (
              <Button variant="plain" onPress={action.run}>
                {action.label}
              </Button>
            )}
          </div>
          <AriaButton
            className="icon-button"
            aria-label={strings.notices.dismiss}
            onPress={() => dismiss(id)}
          >
            <Icon name="close" size={16} />
          </AriaButton>
        </div>
      ))}
    </section>
  );
}

/** What screen readers announce, also while a dialog hides the rest of the page from them. */
export function Announcements() {
  const announcement = useNotices((state) => state.announcement);
  return (
    <p className="unseen" aria-live="polite" data-live-announcer="true">
      {announcement}
    </p>
  );
}
