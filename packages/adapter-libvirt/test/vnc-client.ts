import type { Duplex } from 'node:stream';
import type { ConsoleConnection, HypervisorPort } from '@remote-consoles/core';
import {
  InputBuffer,
  RfbClientHandshake,
  readServerInit,
  type Security,
  type ServerInit,
} from '@remote-consoles/rfb';
import { dial, read, startTls } from './dial.js';

/** A display that has let us in. */
export interface VncSession {
  readonly stream: Duplex;
  /** The security that was agreed on. */
  readonly security: Security;
  readonly encrypted: boolean;
  readonly init: ServerInit;
}

/** Goes to a VNC display as the connection says, up to its ServerInit. */
export async function openVnc(connection: ConsoleConnection, port: HypervisorPort): Promise<VncSession> {
  const { security } = connection;
  if (security.kind !== 'rfb') throw new Error('no VNC console');
  let stream = await dial(connection.transport, port);
  let encrypted = false;
  const handshake = new RfbClientHandshake({
    tls: security.tlsRequired === true ? 'require' : security.tls ? 'allow' : 'never',
    ...(security.password && { password: security.password.reveal() }),
  });
  let chunk = await read(stream);
  for (;;) {
    for (const step of handshake.receive(chunk)) {
      if (step.kind === 'send') stream.write(step.bytes);
      if (step.kind === 'done') {
        stream.write(Uint8Array.of(1)); // ClientInit, shared
        const init = await serverInit(stream, step.rest);
        return { stream, security: step.security, encrypted, init };
      }
      if (step.kind === 'start-tls') {
        if (!security.tls) throw new Error('the display wants TLS');
        stream = await startTls(stream, security.tls);
        encrypted = true;
        for (const next of handshake.tlsEstablished()) if (next.kind === 'send') stream.write(next.bytes);
      }
    }
    chunk = await read(stream);
  }
}

async function serverInit(stream: Duplex, first: Uint8Array): Promise<ServerInit> {
  const input = new InputBuffer(4096);
  input.push(first);
  for (;;) {
    const init = readServerInit(input);
    if (init) return init;
    input.push(await read(stream));
  }
}
