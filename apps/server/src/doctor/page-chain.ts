import { get as getHttp, type IncomingMessage } from 'node:http';
import { get as getHttps } from 'node:https';
import {
  type ConsoleType,
  type DiagnosisChain,
  type DiagnosisLeg,
  explainFailure,
  type LegResult,
} from '@remote-consoles/core';
import { type DiagnosisTimeouts, endpointLegs } from '@remote-consoles/gateway/diagnosis';

/** What browsers do with a console URL, as far as it can be done from here: without a token. */
export function pageChain(type: ConsoleType, baseUrl: string, timeouts: DiagnosisTimeouts): DiagnosisChain {
  const url = new URL(baseUrl.replace(/^ws/, 'http'));
  const secure = url.protocol === 'https:';
  const endpoint = {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port || (secure ? 443 : 80)),
    ...(secure && { tls: { trust: { kind: 'system' } as const } }),
  };
  const hint = `Browsers are sent to ${url.origin}, by publicUrl or consoles.${type}.baseUrl of the configuration: remote-consoles serve, or the proxy before it, must answer there.`;
  const legs = [
    ...endpointLegs(endpoint, timeouts),
    { name: 'HTTP', run: () => askPage(url, timeouts.handshake) },
  ];
  return { place: '', legs: legs.map((leg) => withHint(leg, hint)) };
}

const TRUST =
  'Browsers refuse a certificate that they do not trust. If its authority is known to them alone, start this command with NODE_EXTRA_CA_CERTS=FILE.';

function withHint({ name, run }: DiagnosisLeg, hint: string): DiagnosisLeg {
  return {
    name,
    run: async () => {
      const result = await run().catch((error: unknown) => explainFailure(error));
      if (result.outcome !== 'failed') return result;
      return {
        ...result,
        advice: `${name === 'TLS' && /pin/.test(result.advice) ? TRUST : result.advice} ${hint}`,
      };
    },
  };
}

async function askPage(url: URL, timeout: number): Promise<LegResult> {
  const status = await statusOf(url, timeout);
  const detail = `status ${status} of ${url.origin}${url.pathname}`;
  if (status === 404) {
    const advice = 'What answers there is something else, or a proxy that does not pass this path on.';
    return { outcome: 'failed', detail, advice };
  }
  if (status < 500) return { outcome: 'ok', detail: inTheClear(url) ? `${detail}; not encrypted` : detail };
  const advice =
    'A proxy answers, but not remote-consoles behind it: check that it runs and where the proxy looks for it.';
  return { outcome: 'failed', detail, advice };
}

function inTheClear({ protocol, hostname }: URL): boolean {
  return protocol === 'http:' && !/^(localhost|127\.[\d.]+|\[::1\])$/.test(hostname);
}

function statusOf(url: URL, timeout: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const get = url.protocol === 'https:' ? getHttps : getHttp;
    const take = (response: IncomingMessage) => {
      response.destroy();
      resolve(response.statusCode ?? 0);
    };
    get(url, { signal: AbortSignal.timeout(timeout), agent: false }, take).on('error', reject);
  });
}
