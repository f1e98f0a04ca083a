import type { Random } from '@remote-consoles/core';
import type { XmlElement } from '@remote-consoles/soap-xml';
import {
  type EnumerationMessage,
  enumerateMessage,
  parsePage,
  pullMessage,
  releaseMessage,
} from '../wsman/enumeration.js';
import { soapRequest, type WsmanAddress } from '../wsman/soap-envelope.js';
import { WsmanUnavailable } from '../wsman/wsman-error.js';
import type { WsmanSession } from '../wsman/wsman-session.js';
import { WmiObject } from './wmi-object.js';
import type { Wql } from './wql.js';

/** Objects that one query may give, and answers that they may come in. */
const MAX_OBJECTS = 20_000;
const MAX_PAGES = 500;
/** ms for giving an enumeration back; the host forgets it anyway in time. */
const FAREWELL = 2_000;

/** One namespace of a host's WMI. */
export class WmiNamespace {
  readonly #session: WsmanSession;
  readonly #address: WsmanAddress;
  readonly #random: Random;

  constructor(deps: {
    readonly session: WsmanSession;
    readonly address: WsmanAddress;
    readonly random: Random;
  }) {
    this.#session = deps.session;
    this.#address = deps.address;
    this.#random = deps.random;
  }

  /** @throws WsmanFault, WsmanRefused, WsmanUnavailable */
  async query(wql: Wql, signal: AbortSignal): Promise<readonly WmiObject[]> {
    const answer = await this.#send(enumerateMessage(wql), signal, true);
    let page = parsePage('EnumerateResponse', answer);
    const items: XmlElement[] = [...page.items];
    for (let pages = 1; page.context !== undefined; pages++) {
      const { context } = page;
      try {
        if (items.length > MAX_OBJECTS || pages >= MAX_PAGES) {
          throw new WsmanUnavailable('a query with more objects than are read');
        }
        page = parsePage('PullResponse', await this.#send(pullMessage(context), signal, false));
      } catch (error) {
        await this.#release(context);
        throw error;
      }
      items.push(...page.items);
    }
    return items.map((item) => new WmiObject(item));
  }

  async #release(context: string): Promise<void> {
    // A host that does not answer is not asked for this either.
    if (this.#session.resting) return;
    await this.#send(releaseMessage(context), AbortSignal.timeout(FAREWELL), false).catch(() => undefined);
  }

  #send({ action, body }: EnumerationMessage, signal: AbortSignal, repeatable: boolean): Promise<string> {
    const message = soapRequest(this.#address, { action, body, id: this.#random.uuid() });
    return this.#session.send(message, signal, repeatable);
  }
}
