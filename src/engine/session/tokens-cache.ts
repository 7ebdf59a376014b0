import { Scope } from '../../lib/task.ts';
import type { Tokens } from './pipeline.ts';

/** Tokens with several users; their store is released with the last of them. */
class SharedTokens {
  private users = 0;

  constructor(
    readonly key: string,
    private readonly tokens: Tokens,
  ) {}

  /** Lends the tokens to `user` until it closes. */
  lend(user: Scope): Tokens {
    this.users++;
    user.own(this, (shared) => shared.takeBack());
    return this.tokens;
  }

  private async takeBack(): Promise<void> {
    if (--this.users === 0) await this.tokens.store.release();
  }
}

/**
 * The newest tokens of a clip, kept for the next run, also those of a run that ended early. Each run holds its own, so that
 * a finished one can be queried while another computes.
 */
export class TokensCache {
  private held: { shared: SharedTokens; hold: Scope } | null = null;

  constructor(private readonly owner: Scope) {}

  /** The tokens kept under `key`, lent to `user`. */
  find(key: string, user: Scope): Tokens | null {
    return this.held?.shared.key === key ? this.held.shared.lend(user) : null;
  }

  /** Keeps `tokens` in place of those before, and lends them to `user`. */
  async keep(key: string, tokens: Tokens, user: Scope): Promise<Tokens> {
    const before = this.held;
    const hold = new Scope(this.owner);
    this.held = { shared: new SharedTokens(key, tokens), hold };
    this.held.shared.lend(hold);
    const lent = this.held.shared.lend(user);
    await before?.hold.close();
    return lent;
  }
}
