import type { X509Certificate } from 'node:crypto';
import { causesOf, explainFailure, type LegResult, printable, type TlsSettings } from '@remote-consoles/core';
import { OtherCertificate } from '../dial/tls-settings.js';

/** Opens TLS with these settings and closes it again. */
type TryTls = (tls: TlsSettings) => Promise<void>;

/** The fingerprint of no certificate: whoever is asked for it shows its own and is refused. */
const NOBODY = { kind: 'pin', algorithm: 'sha256', fingerprint: '0'.repeat(64) } as const;

const BELIEVED = {
  system: 'by an authority that this system trusts',
  ca: 'by the configured CA',
  pin: 'as pinned',
} as const;

/**
 * Checks a peer's certificate as the settings say, and shows it either way.
 *
 * @throws whatever the connection fails with before there is a certificate
 */
export async function certificateResult(tls: TlsSettings, tryTls: TryTls): Promise<LegResult> {
  const certificate = await shownCertificate(tls, tryTls);
  try {
    await tryTls(tls);
    const shown = certificate ? `${describe(certificate)}, ` : '';
    return { outcome: 'ok', detail: `${shown}${BELIEVED[tls.trust.kind]}` };
  } catch (error) {
    return certificateFailure(error, tls, certificate);
  }
}

/** What a peer shows that is not believed yet. Nothing is sent to it. */
export async function shownCertificate(
  tls: TlsSettings,
  tryTls: TryTls,
): Promise<X509Certificate | undefined> {
  try {
    await tryTls({ ...tls, trust: NOBODY });
  } catch (error) {
    return certificateIn(error);
  }
  return undefined;
}

/** What to do about a certificate that was refused, with the fingerprint that there is to compare. */
export function certificateFailure(
  error: unknown,
  { trust }: TlsSettings,
  certificate: X509Certificate | undefined,
): LegResult {
  const failure = explainFailure(error);
  if (failure.outcome !== 'failed' || certificate === undefined) return failure;
  const detail = `${failure.detail}; it shows ${describe(certificate)}`;
  if (trust.kind !== 'pin' || certificateIn(error) === undefined) return { ...failure, detail };
  const print = trust.algorithm === 'sha1' ? `SHA-1 ${certificate.fingerprint}` : 'that fingerprint';
  const advice = `If the certificate was renewed, compare the fingerprint on the machine and pin ${print}. If not, somebody may sit in between: do not.`;
  return { outcome: 'failed', detail, advice };
}

function certificateIn(error: unknown): X509Certificate | undefined {
  return causesOf(error).find((cause) => cause instanceof OtherCertificate)?.certificate;
}

function describe({ subject, validTo, fingerprint256 }: X509Certificate): string {
  const name = /(?:^|\n)CN=([^\n]*)/.exec(subject ?? '')?.[1] ?? 'a certificate without a name';
  return `${printable(name)}, valid until ${day(validTo)}, SHA-256 ${fingerprint256}`;
}

function day(time: string): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? printable(time) : date.toISOString().slice(0, 10);
}
