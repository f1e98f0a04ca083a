import { causesOf, type LegResult, printable } from '@remote-consoles/core';
import { RdpTunnelError, type RdpTunnelErrorCode } from '@remote-consoles/rdp-tunnel';

/** The legs that an RDP server is entered by. */
export type RdpLegName = 'preconnection blob' | 'X.224' | 'TLS' | 'CredSSP';

const ADVICE: Readonly<Partial<Record<RdpTunnelErrorCode, string>>> = {
  pcb: 'The host hung up on the GUID of the VM: it has no such VM, the VM is off or has just moved, or what listens there is not Hyper-V.',
  tls: 'The server hung up where TLS was due: see its event log; its certificate may be missing.',
  'negotiation-failed':
    'The server does not take the security that the mode needs: `nla` needs CredSSP, `tls` needs TLS without it.',
  'credssp-refused':
    'The server does not let the account in: correct user and password. On Hyper-V it must be in `Hyper-V Administrators` or be granted the VM (Grant-VMConnectAccess).',
  'credssp-version': 'The server is open to CVE-2018-0886: update it.',
  'public-key-mismatch':
    'Somebody may sit in between: the server that was logged in to is not the one that TLS was opened to.',
  malformed: 'What listens there does not speak RDP: check the port.',
  'too-long': 'What listens there does not speak RDP: check the port.',
};

/** NTSTATUS for which other advice is right (MS-ERREF §2.3.1). */
const LOGON_ADVICE: ReadonlyMap<number, string> = new Map([
  [
    0xc000015b,
    'The account may not log on so: add it to `Hyper-V Administrators`, or on other machines to `Remote Desktop Users`.',
  ],
  [
    0xc0000022,
    'The account may not see this VM: add it to `Hyper-V Administrators`, or Grant-VMConnectAccess to it.',
  ],
  [0xc0000071, 'Its password has expired: set a new one there and here.'],
  [0xc0000224, 'Its password must be changed first: do so there, and configure the new one here.'],
  [0xc0000072, 'Enable the account.'],
  [0xc0000193, 'The account has expired: extend it.'],
  [0xc0000234, 'Unlock the account, and correct its password here before it is tried again.'],
  [
    0xc0000418,
    'NTLM is switched off on the host; this gateway has no Kerberos: allow NTLM for this account.',
  ],
]);

const LEG_OF: Readonly<Partial<Record<RdpTunnelErrorCode, RdpLegName>>> = {
  pcb: 'preconnection blob',
  tls: 'TLS',
  'negotiation-failed': 'X.224',
  'credssp-refused': 'CredSSP',
  'credssp-version': 'CredSSP',
  'public-key-mismatch': 'CredSSP',
};

/** Which leg a failure belongs to; undefined where it may be any. */
export function rdpLegOf(error: unknown): RdpLegName | undefined {
  const cause = causesOf(error).find((candidate) => candidate instanceof RdpTunnelError);
  return cause && LEG_OF[cause.code];
}

/** What a failed negotiation means; undefined where it failed on something else. */
export function rdpFailure(error: unknown): LegResult | undefined {
  const cause = causesOf(error).find((candidate) => candidate instanceof RdpTunnelError);
  const advice = cause && (LOGON_ADVICE.get(cause.ntStatus ?? 0) ?? ADVICE[cause.code]);
  return advice === undefined
    ? undefined
    : { outcome: 'failed', detail: printable(cause?.message ?? ''), advice };
}
