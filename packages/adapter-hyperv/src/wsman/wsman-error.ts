/** The host answered a request with a SOAP fault. */
export class WsmanFault extends Error {
  override readonly name = 'WsmanFault';
  /** The fault's subcode without prefix, such as `AccessDenied`. */
  readonly subcode: string;

  /** @param code Windows' own number for it, where the fault has one */
  constructor(subcode: string, text: string, code?: string) {
    const number = code === undefined ? '' : ` (${code})`;
    super(text === '' ? `${subcode}${number}` : `${subcode}${number}: ${text}`);
    this.subcode = subcode;
  }
}

/** The host gave no usable answer: it is down, too slow, not the one that was expected, or speaks nonsense. */
export class WsmanUnavailable extends Error {
  override readonly name = 'WsmanUnavailable';
}

/** The host does not let this account in. */
export class WsmanRefused extends Error {
  override readonly name = 'WsmanRefused';
}
