/** Why Windows refuses a logon (MS-ERREF §2.1.1, §2.3.1), in an operator's words. */
const reasons: Readonly<Record<number, string>> = {
  3221225506: 'access denied',
  3221225566: 'no domain controller answers',
  3221225572: 'unknown account',
  3221225578: 'wrong password',
  3221225581: 'unknown account or wrong password',
  3221225582: 'account restriction',
  3221225583: 'not at this hour',
  3221225584: 'not from this computer',
  3221225585: 'the password has expired',
  3221225586: 'the account is disabled',
  3221225819: 'the account may not log on in this way',
  3221225875: 'the account has expired',
  3221226020: 'the password must be changed first',
  3221226036: 'the account is locked out',
  3221226520: 'NTLM is switched off on the host',
};

/** NTSTATUS that a server answers to a wrong name or password. */
export const statusLogonFailure = 0xc000006d;

/** The reason and the number. */
export function describeNtStatus(status: number): string {
  const number = `0x${status.toString(16).toUpperCase().padStart(8, '0')}`;
  const reason = reasons[status];
  return reason ? `${reason} (${number})` : number;
}
