import type { IncomingHttpHeaders } from 'node:http';

export interface OriginSettings {
  readonly baseUrls: readonly string[];
  readonly allowedOrigins: readonly string[];
}

const ORIGIN = /^([a-z][a-z0-9+.-]*):\/\/(\[[0-9a-f:.]+\]|[^\s/:@?#[\]]+)(?::\d{1,5})?$/i;
const HOST = /^(\[[0-9a-f:.]+\]|[^\s/:@?#[\]]+)(?::\d{1,5})?$/i;

/**
 * Whether the page that opens a socket may: the defence against pages of strangers that use a viewer's cookies and
 * network (CVE-2015-0259). The same rules as Nova's proxies: no Origin means no browser and is allowed; else the
 * host must be our own or a configured one, and the scheme one of the base URLs'. Nothing here changes after creation.
 */
export class OriginPolicy {
  readonly #schemes: ReadonlySet<string>;
  readonly #hosts: ReadonlySet<string>;

  constructor(settings: OriginSettings) {
    this.#schemes = new Set(settings.baseUrls.map((url) => pageScheme(url.slice(0, url.indexOf(':')))));
    this.#hosts = new Set(settings.allowedOrigins.map((host) => host.toLowerCase()));
  }

  /** @param forwarded whether a trusted proxy of ours sends this, whose X-Forwarded-Proto is then the page's scheme */
  allows(headers: IncomingHttpHeaders, forwarded: boolean): boolean {
    const { origin } = headers;
    if (origin === undefined) return true;
    const [, scheme, host] = ORIGIN.exec(origin) ?? [];
    if (scheme === undefined || host === undefined) return false;
    const seen = forwarded ? forwardedScheme(headers) : undefined;
    return this.#schemes.has(pageScheme(seen ?? scheme)) && this.#isKnown(host, headers);
  }

  #isKnown(host: string, headers: IncomingHttpHeaders): boolean {
    const own = HOST.exec(headers.host ?? '')?.[1];
    const name = host.toLowerCase();
    return name === own?.toLowerCase() || this.#hosts.has(name);
  }
}

function forwardedScheme(headers: IncomingHttpHeaders): string | undefined {
  const scheme = headers['x-forwarded-proto'];
  return typeof scheme === 'string' ? scheme.trim() : undefined;
}

/** ws and wss are the schemes of sockets; the page around them has http or https. */
function pageScheme(scheme: string): string {
  const lower = scheme.toLowerCase();
  if (lower === 'ws') return 'http';
  return lower === 'wss' ? 'https' : lower;
}
