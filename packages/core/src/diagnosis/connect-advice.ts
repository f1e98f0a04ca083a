/** What to do about a connection that did not come to be, by the code of the system's or the TLS library's error. */
const ADVICE: Readonly<Record<string, string>> = {
  ENOTFOUND:
    'The name is unknown here: check its spelling, and that this machine can resolve it (DNS, /etc/hosts).',
  EAI_AGAIN:
    'The name servers do not answer: check the DNS settings of this machine, or configure an address.',
  ECONNREFUSED:
    'The machine answers, but nothing listens on that port: start the service there, check the port, or let it through the firewall.',
  ETIMEDOUT:
    'Nothing came back: the machine is off, the address is another, or a firewall drops what goes to that port.',
  EHOSTUNREACH:
    'The machine is off or not in its network: check that it runs, its address, and the route to it.',
  ENETUNREACH: 'This machine has no route to that network: check its routes, and whether it has IPv6 at all.',
  EADDRNOTAVAIL:
    'This machine has no address to connect from: check its routes, and whether it has IPv6 at all.',
  ECONNRESET:
    'The other side cut the connection: it may want TLS where none is spoken or the reverse, or a firewall interferes.',
  EPIPE: 'The other side closed the connection: look at its own log.',
  ENOENT: 'There is no such file or socket: check the path, and that whatever makes it runs.',
  EACCES:
    'This user may not open that: run as the user that remote-consoles runs as, and check the permissions.',
  EPERM:
    'This user may not open that: run as the user that remote-consoles runs as, and check the permissions.',
  EPROTO: 'The other side does not speak TLS there: check the port, and whether TLS is switched on.',
  ERR_SSL_WRONG_VERSION_NUMBER:
    'The other side does not speak TLS there: check the port, and whether TLS is switched on.',
  CERT_HAS_EXPIRED: 'The certificate has expired: renew it there, and check the clock of this machine.',
  CERT_NOT_YET_VALID: 'The certificate is not valid yet: check the clocks of both machines.',
  ERR_TLS_CERT_ALTNAME_INVALID:
    'The certificate is for another name: configure the name that is in it, or have it issued for this one.',
};

const UNTRUSTED =
  'The certificate is of no authority that is trusted here: configure its CA, or pin the certificate itself after you have compared its fingerprint on the machine.';

/** @param code such as `ECONNREFUSED` or `CERT_HAS_EXPIRED` @returns undefined where the code says nothing */
export function connectAdvice(code: string): string | undefined {
  if (Object.hasOwn(ADVICE, code)) return ADVICE[code];
  return isUntrusted(code) ? UNTRUSTED : undefined;
}

/** Whether the code says that nobody who is trusted vouches for the peer's certificate. */
export function isUntrusted(code: string): boolean {
  return /SELF_SIGNED|UNABLE_TO_(GET_ISSUER|VERIFY)|CERT_UNTRUSTED|INVALID_CA/.test(code);
}
