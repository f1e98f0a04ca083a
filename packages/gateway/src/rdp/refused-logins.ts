import { createHmac, randomBytes } from 'node:crypto';
import { RdpFailure } from './rdp-failure.js';
import type { RdpSecurity } from './rdp-server-phase.js';

type Account = RdpSecurity['account'];

/** ms: five tries in ten minutes, where Windows locks an account at ten by default. */
const KEPT = 120_000;
/** At most this many are kept; the oldest goes first. */
const MOST = 1_000;

/**
 * Logins that RDP hosts have refused a moment ago. They are not tried again with the same password: viewers that connect
 * again and again would get the account locked, for everybody's consoles.
 */
export class RefusedLogins {
  readonly #until = new Map<string, number>();
  readonly #key = randomBytes(32);
  readonly #now: () => number;

  /** @param now the time, ms */
  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * Does what logs in, unless that was refused a moment ago.
   *
   * @throws RdpFailure `credssp-refused`; what `login` throws
   */
  async attempt<Result>(
    host: string | undefined,
    account: Account,
    login: () => Promise<Result>,
  ): Promise<Result> {
    const wait = this.#wait(host, account);
    if (wait > 0) {
      const seconds = Math.ceil(wait / 1000);
      throw new RdpFailure(
        'credssp-refused',
        { kind: 'general-error', httpStatus: 502 },
        `the console refused this login a moment ago; it is tried again in ${seconds} s`,
      );
    }
    try {
      return await login();
    } catch (error) {
      if (account && error instanceof RdpFailure && error.word === 'credssp-refused')
        this.#note(host, account);
      throw error;
    }
  }

  #note(host: string | undefined, account: NonNullable<Account>): void {
    const login = this.#digest(host, account);
    this.#until.delete(login);
    this.#until.set(login, this.#now() + KEPT);
    const [oldest] = this.#until.keys();
    if (this.#until.size > MOST && oldest !== undefined) this.#until.delete(oldest);
  }

  /** How long this login is not to be tried, ms; 0 where it may be. */
  #wait(host: string | undefined, account: Account): number {
    if (!account) return 0;
    return Math.max(0, (this.#until.get(this.#digest(host, account)) ?? 0) - this.#now());
  }

  #digest(host: string | undefined, account: NonNullable<Account>): string {
    const { user, domain = '', password } = account;
    const login = JSON.stringify([host, domain, user, password.reveal()]);
    return createHmac('sha256', this.#key).update(login).digest('base64');
  }
}
