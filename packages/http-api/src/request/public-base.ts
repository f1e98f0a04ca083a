import type { Request } from 'express';

const HOST = /^(?:[a-z0-9._-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/i;

/**
 * Where the API is reached, without a trailing slash: as configured, or else as the client addressed it. A Host header
 * that is no host (it ends up in links) gives way to the socket's own address.
 */
export function publicBase(request: Request, configured: string | undefined): string {
  if (configured !== undefined) return configured;
  const host = request.host;
  return `${request.protocol}://${host && HOST.test(host) ? host : socketAddress(request)}${request.baseUrl}`;
}

function socketAddress({ socket }: Request): string {
  const { localAddress = 'localhost', localPort } = socket;
  const address = localAddress.includes(':') ? `[${localAddress}]` : localAddress;
  return localPort === undefined ? address : `${address}:${localPort}`;
}
