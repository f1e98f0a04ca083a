import { ConsoleError, type ConsoleErrorCode } from '@remote-consoles/core';

/** What a process lets another call. Arguments and results must be fit for structuredClone. */
export type Functions = { readonly [name: string]: (...args: never[]) => Promise<unknown> };

/** Carries messages to the other process. */
export interface LinkPort {
  send(message: LinkMessage): void;
}

export type LinkMessage =
  | { readonly kind: 'call'; readonly id: number; readonly name: string; readonly args: readonly unknown[] }
  | { readonly kind: 'result'; readonly id: number; readonly value?: unknown }
  | {
      readonly kind: 'error';
      readonly id: number;
      readonly code?: ConsoleErrorCode;
      readonly message: string;
    };

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}

/** One end of a link between two processes: calls functions of the other end, and serves ours to it. */
export class ProcessLink<Theirs extends Functions> {
  readonly #port: LinkPort;
  #ours: Functions = {};
  readonly #late: () => Error;
  readonly #deadline: number;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;

  /**
   * @param deadline ms that the other end has for an answer
   * @param late makes the error of a call that is not answered in time
   */
  constructor(port: LinkPort, deadline: number, late: () => Error) {
    this.#port = port;
    this.#deadline = deadline;
    this.#late = late;
  }

  /** Lets the other end call these too. */
  serve(functions: Functions): void {
    this.#ours = { ...this.#ours, ...functions };
  }

  /** @throws ConsoleError as thrown at the other end; the error of a late call */
  call<Name extends keyof Theirs & string>(
    name: Name,
    ...args: Parameters<Theirs[Name]>
  ): ReturnType<Theirs[Name]> {
    const id = ++this.#lastId;
    const answer = new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#settle(id)?.reject(this.#late()), this.#deadline);
      this.#pending.set(id, { resolve, reject, timer });
    });
    this.#port.send({ kind: 'call', id, name, args });
    return answer as ReturnType<Theirs[Name]>;
  }

  /** Takes a message of the other end. */
  receive(message: LinkMessage): void {
    if (message.kind === 'call') void this.#answer(message);
    else if (message.kind === 'result') this.#settle(message.id)?.resolve(message.value);
    else this.#settle(message.id)?.reject(errorOf(message));
  }

  /** The other end is gone: nothing that it was asked will be answered. */
  close(): void {
    for (const id of this.#pending.keys()) this.#settle(id)?.reject(this.#late());
  }

  async #answer({ id, name, args }: LinkMessage & { kind: 'call' }): Promise<void> {
    try {
      const called = this.#ours[name];
      if (!called) throw new Error(`there is no function ${name}`);
      const value = await called(...(args as never[]));
      this.#port.send({ kind: 'result', id, value });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const code = error instanceof ConsoleError ? { code: error.code } : {};
      this.#port.send({ kind: 'error', id, ...code, message });
    }
  }

  #settle(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    clearTimeout(pending?.timer);
    this.#pending.delete(id);
    return pending;
  }
}

function errorOf({ code, message }: LinkMessage & { kind: 'error' }): Error {
  return code === undefined ? new Error(message) : new ConsoleError(code, message);
}
