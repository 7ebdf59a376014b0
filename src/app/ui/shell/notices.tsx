import { Button as AriaButton } from 'react-aria-components';
import { dismiss, type Notice, useNotices } from '../../stores/notices.ts';
import { strings } from '../../words/strings.ts';
import { Button } from '../parts/button.tsx';
import { Icon } from '../parts/icons.tsx';

const ICONS = { error: 'warning', info: 'check', busy: 'layers' } as const satisfies Record<
  Notice['kind'],
  string
>;

/** What went wrong or was done, over the page but in nobody's way; and what screen readers announce. */
export function Notices() {
  const { notices, announcement } = useNotices();
  return (
    <>
      <section className="notices" aria-label={strings.notices.region}>
        {notices.map(({ id, kind, what, todo, code, action }) => (
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
      <p className="unseen" aria-live="polite">
        {announcement}
      </p>
    </>
  );
}
