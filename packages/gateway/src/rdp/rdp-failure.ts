import { ConsoleError } from '@remote-consoles/core';
import type { RdCleanPathAnswer } from '@remote-consoles/rdp-tunnel';

/** An RDP server that was reached and does not give its console. */
export class RdpFailure extends ConsoleError {
  /** The word for the records. */
  readonly word: string;
  /** Not for logs, which print what an error has. */
  readonly #answer: RdCleanPathAnswer;

  constructor(word: string, answer: RdCleanPathAnswer, message: string, cause?: unknown) {
    super('console-refused', message, { cause });
    this.word = word;
    this.#answer = answer;
  }

  /** What the viewer is told. */
  get answer(): RdCleanPathAnswer {
    return this.#answer;
  }
}
