import type { Credentials } from '../policy/credentials.js';
import type { Policy } from '../policy/policy.js';
import type { SessionDirectory } from '../ports/session-directory.js';
import type { ConsoleSession, SessionFilter } from '../session/console-session.js';

/** A part of a list in a fixed order. */
export interface SessionPage {
  readonly sessions: readonly ConsoleSession[];
  /** Whether there are sessions after these. */
  readonly more: boolean;
}

/** Lists the open sessions of the user's project, or of all projects for an administrator. */
export class ListSessions {
  readonly #sessions: SessionDirectory;
  readonly #policy: Policy;

  constructor(deps: { readonly sessions: SessionDirectory; readonly policy: Policy }) {
    this.#sessions = deps.sessions;
    this.#policy = deps.policy;
  }

  /**
   * Sessions are in the order of their ids, so that a page begins where the former ended even if the sessions there
   * have ended meanwhile.
   *
   * @throws ConsoleError `forbidden`, `token-store-unavailable`
   */
  async execute(request: {
    readonly credentials: Credentials;
    readonly filter: SessionFilter;
    /** How many at most. */
    readonly limit: number;
    /** Only sessions whose id comes after this one. */
    readonly marker?: string;
  }): Promise<SessionPage> {
    const { credentials, filter, limit, marker = '' } = request;
    const { userId, projectId } = credentials;
    const rule = 'remote_consoles:sessions:index';
    this.#policy.enforce(rule, credentials, { userId, ...(projectId !== undefined && { projectId }) });
    const all = this.#policy.isAdmin(credentials);
    if (!all && (projectId === undefined || (filter.projectId ?? projectId) !== projectId)) return NOTHING;
    const found = await this.#sessions.list(
      all || projectId === undefined ? filter : { ...filter, projectId },
    );
    const page = found
      .filter((session) => session.id > marker && this.#policy.allows(rule, credentials, session))
      .sort((one, other) => (one.id < other.id ? -1 : 1));
    return { sessions: page.slice(0, limit), more: page.length > limit };
  }
}

const NOTHING: SessionPage = { sessions: [], more: false };
