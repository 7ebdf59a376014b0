import type { UnpromptedError } from '../../../lib/failure.ts';
import { explained } from '../../words/messages.ts';
import { Icon } from './icons.tsx';

/** What went wrong, where it was asked for. */
export function FailureNote({ failure }: { failure: UnpromptedError }) {
  const { what, todo } = explained(failure);
  return (
    <div className="model-failed" role="alert" data-code={failure.code}>
      <Icon name="warning" />
      <div>
        <p>{what}</p>
        <p className="notice-todo">{todo}</p>
      </div>
    </div>
  );
}
