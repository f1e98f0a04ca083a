import type { XmlElement } from '@remote-consoles/soap-xml';

/** vSphere answered a call with a fault. */
export class VimFault extends Error {
  override readonly name = 'VimFault';
  /** The type of the fault, such as `InvalidLogin`. */
  readonly fault: string;
  readonly #detail: XmlElement | undefined;

  constructor(fault: string, text = '', detail?: XmlElement) {
    super(text === '' ? fault : `${fault}: ${text}`);
    this.fault = fault;
    this.#detail = detail;
  }

  /** A property of the fault, such as `existingState` of an `InvalidPowerState`. */
  property(name: string): string | undefined {
    return this.#detail?.textOf(name);
  }
}

/** vSphere gave no usable answer: it is down, too slow, not the one that was expected, or speaks nonsense. */
export class VimUnavailable extends Error {
  override readonly name = 'VimUnavailable';
}

/** Whether the error is one of these faults. */
export function isFault(error: unknown, ...faults: readonly string[]): error is VimFault {
  return error instanceof VimFault && faults.includes(error.fault);
}
