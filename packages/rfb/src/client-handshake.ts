import {
  HandshakeConversation,
  type HandshakePhase,
  type HandshakeScript,
} from './handshake-conversation.js';
import type { HandshakeStep } from './handshake-step.js';
import { MAX_REASON_BYTES, peerText } from './peer-text.js';
import { encodeVersion, type ProtocolVersion, readVersion, versionForServer } from './protocol-version.js';
import { RfbError, type RfbErrorCode } from './rfb-error.js';
import { type Security, SecurityResult, SecurityType } from './security-type.js';
import { encodeVencryptVersion, VENCRYPT_VERSION, VencryptSubtype } from './vencrypt.js';
import { CHALLENGE_LENGTH, vncAuthResponse } from './vnc-auth.js';

/** What a client accepts. */
export interface RfbClientHandshakeOptions {
  /** VNC password; its first 8 bytes count. Without it only servers that ask for none are reached. */
  readonly password?: string;
  /** `require` refuses a server without VeNCrypt X.509, `allow` prefers it, `never` does not use it. */
  readonly tls: 'never' | 'allow' | 'require';
}

/**
 * The client's part of an RFB 3.3, 3.7 or 3.8 handshake, up to and without ClientInit (RFC 6143 §7.1).
 * Does no I/O. Prefers VeNCrypt X509Vnc (with a password), X509None, VNC authentication (with a password), None.
 */
export class RfbClientHandshake {
  readonly #conversation: HandshakeConversation;

  constructor(options: RfbClientHandshakeOptions) {
    this.#conversation = new HandshakeConversation((conversation) => negotiate(conversation, options));
  }

  /** What the handshake waits for; for deadlines and messages. */
  get phase(): HandshakePhase {
    return this.#conversation.phase;
  }

  /** Takes bytes of the server, cut anywhere. Throws {@link RfbError}; the connection is of no use after that. */
  receive(bytes: Uint8Array): readonly HandshakeStep[] {
    return this.#conversation.receive(bytes);
  }

  /** Tells that the TLS asked for by `start-tls` stands and the certificate was accepted. */
  tlsEstablished(): readonly HandshakeStep[] {
    return this.#conversation.tlsEstablished();
  }

  /** Tells that the server closed its side; throws what that means: a refusal cut short, or `closed`. */
  end(): never {
    return this.#conversation.end();
  }
}

function* negotiate(talk: HandshakeConversation, options: RfbClientHandshakeOptions): HandshakeScript {
  const version = yield* agreeOnVersion(talk);
  talk.enter('security');
  const offered = version === '3.3' ? yield* readDecidedType(talk) : yield* readOfferedTypes(talk);
  const chosen = chooseType(offered, options);
  if (version !== '3.3') talk.send(chosen);
  switch (chosen) {
    case SecurityType.vencrypt:
      return yield* vencrypt(talk, version, options);
    case SecurityType.vncAuthentication:
      return yield* authenticate(talk, version, options, 'vnc');
    default:
      // Before 3.8 a server says nothing after None (RFC 6143 appendix A).
      if (version === '3.8') yield* readResult(talk, version, 'security-refused');
      return 'none';
  }
}

function* agreeOnVersion(talk: HandshakeConversation): Generator<void, ProtocolVersion, void> {
  let announced = readVersion(talk.input);
  while (!announced) {
    yield* talk.need(talk.input.length + 1);
    announced = readVersion(talk.input);
  }
  const version = versionForServer(announced.major, announced.minor);
  talk.sendBytes(encodeVersion(version));
  return version;
}

/** RFB 3.3: the server decides (RFC 6143 appendix A.1). */
function* readDecidedType(talk: HandshakeConversation): Generator<void, readonly number[], void> {
  yield* talk.need(4);
  const type = talk.input.readU32();
  if (type === SecurityType.invalid) throw yield* refusal(talk, 'security-refused');
  // VeNCrypt and others need the client's choice, which 3.3 has no room for.
  return type <= SecurityType.vncAuthentication ? [type] : [];
}

function* readOfferedTypes(talk: HandshakeConversation): Generator<void, readonly number[], void> {
  yield* talk.need(1);
  const count = talk.input.peekU8();
  if (count === 0) {
    talk.input.skip(1);
    throw yield* refusal(talk, 'security-refused');
  }
  yield* talk.need(1 + count);
  talk.input.skip(1);
  return [...talk.input.readBytes(count)];
}

function chooseType(offered: readonly number[], { password, tls }: RfbClientHandshakeOptions): number {
  const accepted = [
    ...(tls === 'never' ? [] : [SecurityType.vencrypt]),
    ...(tls === 'require' || password === undefined ? [] : [SecurityType.vncAuthentication]),
    ...(tls === 'require' ? [] : [SecurityType.none]),
  ];
  const chosen = accepted.find((type) => offered.includes(type));
  if (chosen !== undefined) return chosen;
  if (tls === 'require')
    throw new RfbError('no-common-security', 'TLS is required and server offers none we accept');
  if (offered.includes(SecurityType.vncAuthentication)) throw passwordRequired();
  throw new RfbError('no-common-security', `server offers no security type we accept, only ${list(offered)}`);
}

function* vencrypt(
  talk: HandshakeConversation,
  version: ProtocolVersion,
  options: RfbClientHandshakeOptions,
): HandshakeScript {
  talk.enter('vencrypt');
  yield* agreeOnVencrypt(talk);
  const subtype = chooseSubtype(yield* readSubtypes(talk), options.password);
  talk.sendU32(subtype);
  yield* talk.need(1);
  if (talk.input.readU8() !== 1)
    throw new RfbError('vencrypt-refused', 'server refused the VeNCrypt subtype');
  yield* talk.startTls();
  if (subtype === VencryptSubtype.x509vnc) return yield* authenticate(talk, version, options, 'x509vnc');
  yield* readResult(talk, version, 'security-refused');
  return 'x509none';
}

function* agreeOnVencrypt(talk: HandshakeConversation): Generator<void, void, void> {
  yield* talk.need(2);
  const [major, minor] = [talk.input.readU8(), talk.input.readU8()];
  if (major === 0 && minor < VENCRYPT_VERSION.minor) {
    throw new RfbError('vencrypt-refused', `server speaks VeNCrypt ${major}.${minor}, older than 0.2`);
  }
  talk.sendBytes(encodeVencryptVersion());
  yield* talk.need(1);
  if (talk.input.readU8() !== 0) throw new RfbError('vencrypt-refused', 'server refused VeNCrypt 0.2');
}

function* readSubtypes(talk: HandshakeConversation): Generator<void, readonly number[], void> {
  yield* talk.need(1);
  const count = talk.input.readU8();
  yield* talk.need(4 * count);
  return Array.from({ length: count }, () => talk.input.readU32());
}

function chooseSubtype(offered: readonly number[], password: string | undefined): number {
  const { x509vnc, x509none } = VencryptSubtype;
  if (password !== undefined && offered.includes(x509vnc)) return x509vnc;
  if (offered.includes(x509none)) return x509none;
  if (offered.includes(x509vnc)) throw passwordRequired();
  throw new RfbError(
    'no-common-security',
    `server offers no VeNCrypt subtype we accept, only ${list(offered)}`,
  );
}

function* authenticate(
  talk: HandshakeConversation,
  version: ProtocolVersion,
  { password }: RfbClientHandshakeOptions,
  security: Security,
): HandshakeScript {
  if (password === undefined) throw passwordRequired();
  talk.enter('authentication');
  yield* talk.need(CHALLENGE_LENGTH);
  talk.sendBytes(vncAuthResponse(password, talk.input.readBytes(CHALLENGE_LENGTH)));
  yield* readResult(talk, version, 'authentication-failed');
  return security;
}

function* readResult(
  talk: HandshakeConversation,
  version: ProtocolVersion,
  failure: RfbErrorCode,
): Generator<void, void, void> {
  talk.enter('result');
  yield* talk.need(4);
  if (talk.input.readU32() === SecurityResult.ok) return;
  if (version === '3.8') throw yield* refusal(talk, failure);
  throw refused(failure);
}

/** The refusal that the server is about to explain; a server that leaves in the middle has still refused. */
function* refusal(talk: HandshakeConversation, code: RfbErrorCode): Generator<void, RfbError, void> {
  talk.enter('reason');
  const { input } = talk;
  const wanted = () => (input.length < 4 ? 4 : 4 + Math.min(input.peekU32(), MAX_REASON_BYTES));
  while (input.length < wanted() && !talk.peerLeft) yield;
  if (input.length <= 4) return refused(code);
  const length = Math.min(wanted(), input.length) - 4;
  input.skip(4);
  return refused(code, peerText(input.readBytes(length), MAX_REASON_BYTES));
}

function refused(code: RfbErrorCode, reason?: string): RfbError {
  const message =
    code === 'authentication-failed' ? 'server refused the password' : 'server refused the connection';
  return new RfbError(code, message, reason ? { reason } : {});
}

function passwordRequired(): RfbError {
  return new RfbError('password-required', 'server asks for a VNC password and none is configured');
}

function list(types: readonly number[]): string {
  const shown = types.slice(0, 8).join(', ');
  return types.length > 8 ? `${shown}, …` : shown || 'unknown ones';
}
