import { consoleTypeInvalid, consoleTypeUnavailable } from '../errors.js';
import type { ConsoleType } from './console-type.js';

/** One console type that this deployment serves. */
export interface ConsoleOffer {
  readonly type: ConsoleType;
  /** What the access URL starts with (Nova's `novncproxy_base_url` and its siblings). */
  readonly baseUrl: string;
}

/** The console types that this deployment serves, and where. */
export class ConsoleOffers {
  readonly #offers: ReadonlyMap<ConsoleType, ConsoleOffer>;

  constructor(offers: Iterable<ConsoleOffer>) {
    this.#offers = new Map([...offers].map((offer) => [offer.type, offer]));
  }

  get types(): readonly ConsoleType[] {
    return [...this.#offers.keys()];
  }

  /** @throws ConsoleError `console-type-unavailable`; for xvpvnc `console-type-invalid`, as Nova answers since Ussuri */
  get(type: ConsoleType): ConsoleOffer {
    const offer = this.#offers.get(type);
    if (offer) return offer;
    throw type === 'xvpvnc'
      ? consoleTypeInvalid(type)
      : consoleTypeUnavailable(type === 'rdp-html5' ? 'rdp' : type);
  }
}
