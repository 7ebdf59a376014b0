import type { UnpromptedError } from '../../../lib/failure.ts';
import { Icon } from './icons.tsx';

/** What went wrong, where it was asked for. */
export function FailureNote({ failure: { code, message, todo } }: { failure: UnpromptedError }) {
  return (
    <div className="model-failed" role="alert" data-code={code}>
      <Icon name="warning" />
      <div>
        <p>{message}</p>
        <p className="notice-todo">{todo}</p>
      </div>
    </div>
  );
}
