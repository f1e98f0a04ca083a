import {
  HandshakeConversation,
  type HandshakePhase,
  type HandshakeScript,
} from './handshake-conversation.js';
import type { HandshakeStep } from './handshake-step.js';
import { encodeReason } from './peer-text.js';
import { encodeVersion, type ProtocolVersion, readVersion, versionOfClient } from './protocol-version.js';
import { RfbError } from './rfb-error.js';
import { type Security, SecurityResult, SecurityType } from './security-type.js';
import {
  encodeVencryptSubtypes,
  encodeVencryptVersion,
  VENCRYPT_VERSION,
  VencryptSubtype,
} from './vencrypt.js';
import { CHALLENGE_LENGTH, isVncAuthResponse } from './vnc-auth.js';

/** What a server demands. */
export type RfbServerSecurity =
  | { readonly kind: 'none' }
  | { readonly kind: 'vnc'; readonly password: string }
  | { readonly kind: 'vencrypt-x509none' }
  | { readonly kind: 'vencrypt-x509vnc'; readonly password: string };

/** Options of {@link RfbServerHandshake}. */
export interface RfbServerHandshakeOptions {
  readonly security: RfbServerSecurity;
  /** Returns n unpredictable bytes, for the challenge. */
  readonly random: (n: number) => Uint8Array;
  /** Hold the answer to the client's choice until `accept()`, so that `refuse()` can still give a reason. */
  readonly waitForAccept?: boolean;
}

/**
 * The server's part of an RFB 3.3, 3.7 or 3.8 handshake, up to and without ClientInit (RFC 6143 §7.1).
 * Does no I/O. An {@link RfbError} may carry a `farewell` to send before closing.
 */
export class RfbServerHandshake {
  readonly #conversation: HandshakeConversation;
  #version: ProtocolVersion | undefined;
  #accepted: boolean;

  constructor(options: RfbServerHandshakeOptions) {
    this.#accepted = options.waitForAccept !== true;
    this.#conversation = new HandshakeConversation((conversation) => this.#negotiate(conversation, options));
  }

  /** What the handshake waits for; for deadlines and messages. */
  get phase(): HandshakePhase {
    return this.#conversation.phase;
  }

  /** The version that the client chose, once it has. */
  get version(): ProtocolVersion | undefined {
    return this.#version;
  }

  /** The first step: our version. Call once, before `receive`. */
  start(): readonly HandshakeStep[] {
    return this.#conversation.advance();
  }

  /** Takes bytes of the client, cut anywhere. Throws {@link RfbError}; the connection is of no use after that. */
  receive(bytes: Uint8Array): readonly HandshakeStep[] {
    return this.#conversation.receive(bytes);
  }

  /** Tells that the TLS asked for by `start-tls` stands. */
  tlsEstablished(): readonly HandshakeStep[] {
    return this.#conversation.tlsEstablished();
  }

  /** Tells that the client closed its side; throws `closed`. */
  end(): never {
    return this.#conversation.end();
  }

  /** Lets a client held by `waitForAccept` in, now or when it gets there. */
  accept(): readonly HandshakeStep[] {
    this.#accepted = true;
    return this.#conversation.advance();
  }

  /**
   * Bytes that turn away a client held by `waitForAccept`, with a reason it can show. Empty where the protocol
   * has no room for one: before 3.8, and before the client has chosen its version.
   */
  refuse(reason: string): Uint8Array {
    const { phase } = this.#conversation;
    return phase === 'security' && this.#version === '3.8' ? failedResult('3.8', reason) : new Uint8Array(0);
  }

  *#negotiate(talk: HandshakeConversation, options: RfbServerHandshakeOptions): HandshakeScript {
    talk.sendBytes(encodeVersion('3.8'));
    const version = yield* readClientVersion(talk);
    this.#version = version;
    talk.enter('security');
    const type = securityType(options.security);
    if (version === '3.3') offerByDecision(talk, type);
    else yield* offerByList(talk, version, type);
    while (!this.#accepted) yield;
    return yield* secure(talk, version, options);
  }
}

function* readClientVersion(talk: HandshakeConversation): Generator<void, ProtocolVersion, void> {
  let chosen = readVersion(talk.input);
  while (!chosen) {
    yield* talk.need(talk.input.length + 1);
    chosen = readVersion(talk.input);
  }
  return versionOfClient(chosen.major, chosen.minor);
}

function securityType({ kind }: RfbServerSecurity): number {
  if (kind === 'none') return SecurityType.none;
  return kind === 'vnc' ? SecurityType.vncAuthentication : SecurityType.vencrypt;
}

/** RFB 3.3: the server decides, and VeNCrypt cannot be decided upon (RFC 6143 appendix A.1). */
function offerByDecision(talk: HandshakeConversation, type: number): void {
  if (type === SecurityType.vencrypt) {
    const reason = encodeReason('TLS is required: use RFB 3.7 or later');
    const farewell = Uint8Array.of(0, 0, 0, SecurityType.invalid, ...reason);
    throw new RfbError('no-common-security', 'client speaks RFB 3.3, which cannot start TLS', { farewell });
  }
  talk.sendU32(type);
}

function* offerByList(
  talk: HandshakeConversation,
  version: ProtocolVersion,
  type: number,
): Generator<void, void, void> {
  talk.send(1, type);
  yield* talk.need(1);
  if (talk.input.readU8() === type) return;
  const farewell = failedResult(version, 'Security type was not offered');
  throw new RfbError('no-common-security', 'client chose a security type that was not offered', { farewell });
}

function* secure(
  talk: HandshakeConversation,
  version: ProtocolVersion,
  { security, random }: RfbServerHandshakeOptions,
): HandshakeScript {
  switch (security.kind) {
    case 'none':
      // Before 3.8 nothing is said after None (RFC 6143 appendix A).
      if (version === '3.8') talk.sendU32(SecurityResult.ok);
      return 'none';
    case 'vnc':
      return yield* challenge(talk, version, security.password, random, 'vnc');
    case 'vencrypt-x509none':
      yield* vencrypt(talk, VencryptSubtype.x509none);
      talk.sendU32(SecurityResult.ok);
      return 'x509none';
    case 'vencrypt-x509vnc':
      yield* vencrypt(talk, VencryptSubtype.x509vnc);
      return yield* challenge(talk, version, security.password, random, 'x509vnc');
  }
}

function* challenge(
  talk: HandshakeConversation,
  version: ProtocolVersion,
  password: string,
  random: (n: number) => Uint8Array,
  security: Security,
): HandshakeScript {
  talk.enter('authentication');
  const question = random(CHALLENGE_LENGTH);
  talk.sendBytes(question);
  yield* talk.need(CHALLENGE_LENGTH);
  if (!isVncAuthResponse(password, question, talk.input.readBytes(CHALLENGE_LENGTH))) {
    const farewell = failedResult(version, 'Authentication failed');
    throw new RfbError('authentication-failed', 'client gave a wrong password', { farewell });
  }
  talk.sendU32(SecurityResult.ok);
  return security;
}

function* vencrypt(talk: HandshakeConversation, subtype: number): Generator<void, void, void> {
  talk.enter('vencrypt');
  talk.sendBytes(encodeVencryptVersion());
  yield* talk.need(2);
  const [major, minor] = [talk.input.readU8(), talk.input.readU8()];
  if (major !== VENCRYPT_VERSION.major || minor !== VENCRYPT_VERSION.minor) {
    const farewell = Uint8Array.of(1);
    throw new RfbError('vencrypt-refused', `client chose VeNCrypt ${major}.${minor}, we offer 0.2`, {
      farewell,
    });
  }
  talk.send(0);
  talk.sendBytes(encodeVencryptSubtypes([subtype]));
  yield* talk.need(4);
  if (talk.input.readU32() !== subtype) {
    const farewell = Uint8Array.of(0);
    throw new RfbError('vencrypt-refused', 'client chose a VeNCrypt subtype that was not offered', {
      farewell,
    });
  }
  talk.send(1);
  yield* talk.startTls();
}

function failedResult(version: ProtocolVersion, reason: string): Uint8Array {
  const result = [0, 0, 0, SecurityResult.failed];
  return version === '3.8' ? Uint8Array.of(...result, ...encodeReason(reason)) : Uint8Array.from(result);
}
