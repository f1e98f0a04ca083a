import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AdmissionDesk, ConsoleRequest } from './admission.js';
import type { Redeem } from './guess-limit.js';
import { Opening } from './opening.js';
import type { Reception } from './reception.js';
import { answerRefusal, type Refusal, refusalOf } from './refusal.js';

const UPGRADE_REQUIRED: Refusal = {
  status: 426,
  code: 'upgrade-required',
  message: 'open this URL as a WebSocket',
  headers: ['Upgrade: websocket', 'Connection: Upgrade'],
};

/**
 * Answers a plain GET of a socket's URL with what the handshake said, or would have said: a browser hides that from its
 * page.
 * The token is needed all the same and is not used up, so nothing is learnt here that the handshake does not tell.
 */
export class RefusalExplainer {
  readonly #desk: AdmissionDesk;
  readonly #reception: Reception;
  readonly #redeem: Pick<Redeem, 'inspect'>;
  readonly #timeout: number;

  /** @param timeout ms until the look-up must be over */
  constructor(desk: AdmissionDesk, reception: Reception, redeem: Pick<Redeem, 'inspect'>, timeout: number) {
    this.#desk = desk;
    this.#reception = reception;
    this.#redeem = redeem;
    this.#timeout = timeout;
  }

  /** Never rejects. */
  async handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const recent = this.#recent(message);
    if (recent) {
      answerRefusal(response, recent);
      return;
    }
    const refusal = await this.#refusal(message);
    if (refusal !== UPGRADE_REQUIRED) {
      this.#reception.records.refused(refusal, this.#desk.clientAddress(message));
    }
    answerRefusal(response, refusal);
  }

  /** What the handshake did say; it is in the records already. */
  #recent(message: IncomingMessage): Refusal | undefined {
    const admission = this.#desk.checkGet(message);
    if (admission.kind === 'refused') return undefined;
    return this.#reception.recentRefusals.take(admission.request.token);
  }

  async #refusal(message: IncomingMessage): Promise<Refusal> {
    const closed = this.#reception.closed;
    if (closed) return closed;
    const admission = this.#desk.checkGet(message);
    return admission.kind === 'refused' ? admission.refusal : this.#inspect(admission.request);
  }

  async #inspect({ token, clientAddress }: ConsoleRequest): Promise<Refusal> {
    const opening = new Opening();
    this.#reception.openings.add(opening);
    try {
      const inspect = () => this.#redeem.inspect(token, clientAddress);
      await opening.step('looking up the console', this.#timeout, inspect, () => {});
      return UPGRADE_REQUIRED;
    } catch (error) {
      return refusalOf(error);
    } finally {
      this.#reception.openings.delete(opening);
    }
  }
}
