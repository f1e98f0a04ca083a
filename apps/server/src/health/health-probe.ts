import type { AuthPort, HypervisorPort, Logger, TokenStore } from '@remote-consoles/core';

/** ms that a part gets to answer */
const PROBE_TIMEOUT = 2_000;

/** ms for which an answer stands in for a new question: whoever asks often costs nothing */
const ANSWER_LIFE = 1_000;

/** Whether the parts answer that this process needs. */
export interface Health {
  readonly hypervisors: ReadonlyMap<string, boolean>;
  readonly tokenStore: boolean;
  /** Absent where the API is not served. */
  readonly identity: boolean | undefined;
}

export interface HealthParts {
  readonly hypervisors: readonly HypervisorPort[];
  readonly tokens: TokenStore;
  readonly auth: AuthPort | undefined;
  readonly logger: Logger;
}

/** Asks the parts whether they answer, for all who want to know at once. Says in the log what went down and came back. */
export class HealthProbe {
  readonly #parts: HealthParts;
  readonly #down = new Set<string>();
  #asked = Number.NEGATIVE_INFINITY;
  #health: Promise<Health> | undefined;

  constructor(parts: HealthParts) {
    this.#parts = parts;
  }

  /** Never rejects; ends in 2 s. */
  ask(): Promise<Health> {
    const now = performance.now();
    if (this.#health && now - this.#asked < ANSWER_LIFE) return this.#health;
    this.#asked = now;
    this.#health = this.#probe();
    return this.#health;
  }

  async #probe(): Promise<Health> {
    const { hypervisors, tokens, auth } = this.#parts;
    const [members, tokenStore, identity] = await Promise.all([
      Promise.all(
        hypervisors.map(
          async (port) => [port.name, await this.#answers(`hypervisor ${port.name}`, port)] as const,
        ),
      ),
      this.#answers('the token store', tokens),
      auth && this.#answers('the identity service', auth),
    ]);
    return { hypervisors: new Map(members), tokenStore, identity };
  }

  async #answers(name: string, port: { check(): Promise<void> }): Promise<boolean> {
    const problem = await problemOf(port);
    const { logger } = this.#parts;
    if (problem !== undefined && !this.#down.has(name)) {
      this.#down.add(name);
      logger.warn({ err: problem }, `${name} does not answer`);
    } else if (problem === undefined && this.#down.delete(name)) {
      logger.info({}, `${name} answers again`);
    }
    return problem === undefined;
  }
}

async function problemOf(port: { check(): Promise<void> }): Promise<Error | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Error>((resolve) => {
    timer = setTimeout(resolve, PROBE_TIMEOUT, new Error(`no answer within ${PROBE_TIMEOUT} ms`));
  });
  const answered = port.check().then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
  );
  return Promise.race([answered, late]).finally(() => clearTimeout(timer));
}
