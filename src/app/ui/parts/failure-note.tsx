import type { UnpromptedError } from '../../../lib/failure.ts';
import { strings } from '../../words/strings.ts';
import { Icon } from './icons.tsx';

/** What went wrong, where it was asked for. */
export function FailureNote({ failure: { code, message, todo } }: { failure: UnpromptedError }) {
  return (
    <div className="model-failed" role="alert">
      <Icon name="warning" />
      <div>
        <p>{message}</p>
        <p className="notice-todo">{todo}</p>
        <code>{strings.notices.code(code)}</code>
      </div>
    </div>
  );
}
