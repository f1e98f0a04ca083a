import { HANDSHAKE_LIMIT, type HandshakeStep } from './handshake-step.js';
import { InputBuffer } from './input-buffer.js';
import { RfbError } from './rfb-error.js';
import type { Security } from './security-type.js';

/** Where a handshake stands: what it waits for. */
export type HandshakePhase =
  | 'version'
  | 'security'
  | 'vencrypt'
  | 'tls'
  | 'authentication'
  | 'result'
  | 'reason'
  | 'done'
  | 'failed';

/** One side's part, written top to bottom: it yields whenever it must wait. */
export type HandshakeScript = Generator<void, Security, void>;

/** Runs a script against bytes that arrive in any pieces, and gathers the steps it takes. */
export class HandshakeConversation {
  readonly input = new InputBuffer(HANDSHAKE_LIMIT);
  readonly #script: HandshakeScript;
  #phase: HandshakePhase = 'version';
  #steps: HandshakeStep[] = [];
  #peerLeft = false;
  #failure: { readonly error: unknown } | undefined;

  constructor(script: (conversation: HandshakeConversation) => HandshakeScript) {
    this.#script = script(this);
  }

  get phase(): HandshakePhase {
    return this.#phase;
  }

  /** Whether the peer has closed its side. */
  get peerLeft(): boolean {
    return this.#peerLeft;
  }

  enter(phase: HandshakePhase): void {
    this.#phase = phase;
  }

  send(...bytes: number[]): void {
    this.sendBytes(Uint8Array.from(bytes));
  }

  sendBytes(bytes: Uint8Array): void {
    this.#steps.push({ kind: 'send', bytes });
  }

  sendU32(value: number): void {
    this.send(value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff);
  }

  /** Waits until `count` bytes are there. */
  *need(count: number): Generator<void, void, void> {
    while (this.input.length < count) {
      if (this.#peerLeft) throw new RfbError('closed', `peer closed the connection in phase ${this.#phase}`);
      yield;
    }
  }

  /** Asks for TLS and waits for it. Plain bytes that follow the agreement may be an attacker's: they end it. */
  *startTls(): Generator<void, void, void> {
    if (this.input.length > 0) throw plainBytes();
    this.#steps.push({ kind: 'start-tls' });
    this.#phase = 'tls';
    while (this.#phase === 'tls') yield;
  }

  receive(bytes: Uint8Array): readonly HandshakeStep[] {
    return this.#proceed(() => {
      if (this.#phase === 'tls') throw plainBytes();
      this.input.push(bytes);
    });
  }

  tlsEstablished(): readonly HandshakeStep[] {
    if (this.#phase !== 'tls') throw new Error('tlsEstablished() before start-tls');
    return this.#proceed(() => {
      this.#phase = 'authentication';
    });
  }

  /** Runs the script as far as it gets with what is there. */
  advance(): readonly HandshakeStep[] {
    return this.#proceed(() => {});
  }

  /** The peer closed its side: throws what that means in this phase. */
  end(): never {
    this.#peerLeft = true;
    this.advance();
    throw new RfbError('closed', `peer closed the connection in phase ${this.#phase}`);
  }

  #proceed(event: () => void): readonly HandshakeStep[] {
    if (this.#failure) throw this.#failure.error;
    if (this.#phase === 'done') throw new Error('handshake is over: these bytes are not its own');
    try {
      event();
      const { done, value } = this.#script.next();
      if (done && value) this.#finish(value);
    } catch (error) {
      this.#phase = 'failed';
      this.#failure = { error: withUnsent(this.#takeSteps(), error) };
      throw this.#failure.error;
    }
    return this.#takeSteps();
  }

  #finish(security: Security): void {
    this.#phase = 'done';
    this.#steps.push({ kind: 'done', security, rest: this.input.takeAll() });
  }

  #takeSteps(): readonly HandshakeStep[] {
    const steps = this.#steps;
    this.#steps = [];
    return steps;
  }
}

function plainBytes(): RfbError {
  return new RfbError('malformed', 'peer sent plain bytes after TLS was agreed');
}

/** What was still to be sent goes out before the farewell, or the peer could not read it. */
function withUnsent(steps: readonly HandshakeStep[], error: unknown): unknown {
  if (!(error instanceof RfbError) || error.farewell === undefined) return error;
  const unsent = steps.flatMap((step) => (step.kind === 'send' ? [...step.bytes] : []));
  return new RfbError(error.code, error.message, {
    farewell: Uint8Array.from([...unsent, ...error.farewell]),
  });
}
