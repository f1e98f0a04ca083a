/** The codes (`virErrorNumber`) that a caller may want to tell apart. */
export const LibvirtErrorCode = {
  ok: 0,
  internalError: 1,
  noSupport: 3,
  noConnect: 5,
  invalidConnection: 6,
  invalidArgument: 8,
  operationFailed: 9,
  operationDenied: 29,
  systemError: 38,
  rpc: 39,
  noDomain: 42,
  authFailed: 45,
  operationInvalid: 55,
  configUnsupported: 67,
  operationTimeout: 68,
  argumentUnsupported: 74,
  authCancelled: 79,
  authUnavailable: 80,
} as const;

/** The parts of libvirt (`virErrorDomain`) that a caller may want to tell apart. */
export const LibvirtErrorDomain = { none: 0, rpc: 7, remote: 13 } as const;

export type LibvirtErrorLevel = 'none' | 'warning' | 'error';

/** A {@link LibvirtError} as it crosses a thread or process boundary. */
export interface LibvirtErrorFields {
  code: number;
  domain: number;
  level: LibvirtErrorLevel;
  message: string;
  call: string;
}

/**
 * A call that libvirt refused, or that this package ended: `operationTimeout` when a deadline passed,
 * `invalidConnection` when the connection is closed or lost (domain `none` in both cases).
 */
export class LibvirtError extends Error {
  override readonly name = 'LibvirtError';
  /** `virErrorNumber`; see {@link LibvirtErrorCode}. */
  readonly code: number;
  /** `virErrorDomain`: the part of libvirt that raised it. */
  readonly domain: number;
  readonly level: LibvirtErrorLevel;
  /** The function that failed. */
  readonly call: string;

  constructor(fields: LibvirtErrorFields) {
    super(fields.message);
    this.code = fields.code;
    this.domain = fields.domain;
    this.level = fields.level;
    this.call = fields.call;
  }

  /** Passes a `LibvirtError` on and wraps anything else. */
  static from(error: unknown, call: string): LibvirtError {
    if (error instanceof LibvirtError) return error;
    const message = error instanceof Error ? error.message : String(error);
    return new LibvirtError({
      code: LibvirtErrorCode.internalError,
      domain: 0,
      level: 'error',
      message,
      call,
    });
  }

  /** True when the connection is of no more use: closed, lost, or its daemon gone. Open a new one. */
  get connectionLost(): boolean {
    if (this.code === LibvirtErrorCode.invalidConnection) return true;
    const lostCodes: number[] = [
      LibvirtErrorCode.internalError,
      LibvirtErrorCode.systemError,
      LibvirtErrorCode.rpc,
    ];
    return this.domain === LibvirtErrorDomain.rpc && lostCodes.includes(this.code);
  }

  /** The fields alone, fit for structured clone. */
  toFields(): LibvirtErrorFields {
    const { code, domain, level, message, call } = this;
    return { code, domain, level, message, call };
  }
}

/** A deadline passed. */
export function timeoutError(call: string, milliseconds: number): LibvirtError {
  return new LibvirtError({
    code: LibvirtErrorCode.operationTimeout,
    domain: LibvirtErrorDomain.none,
    level: 'error',
    message: `no answer from libvirt within ${milliseconds} ms`,
    call,
  });
}

/** The connection is closed or lost. */
export function connectionError(call: string, message: string): LibvirtError {
  return new LibvirtError({
    code: LibvirtErrorCode.invalidConnection,
    domain: LibvirtErrorDomain.none,
    level: 'error',
    message,
    call,
  });
}
