import { causesOf, type LegResult, printable } from '@remote-consoles/core';
import { LibvirtError } from 'libvirt-ts';

/** What libvirt says, and what is to be done then; the first that fits. */
const ADVICE: readonly (readonly [RegExp, string])[] = [
  [
    /host key verification failed/i,
    'ssh does not know the host: add its key to known_hosts of the user that remote-consoles runs as, after you have compared it.',
  ],
  [
    /permission denied \(|publickey/i,
    'ssh does not let the account in: give the host the public key of the user that remote-consoles runs as.',
  ],
  [
    /certificate|\bTLS\b|gnutls|x509/i,
    'TLS with libvirt failed: check clientcert.pem, clientkey.pem and cacert.pem (/etc/pki, or pkipath in the URI), their dates and names, and tls_allowed_dn_list of the daemon.',
  ],
  [
    /authentication|polkit|access denied|permission denied|SASL/i,
    'libvirt refuses the account: put the user that remote-consoles runs as into the group `libvirt`, or correct username and password.',
  ],
  [
    /no such file|failed to connect socket|connection refused/i,
    'libvirt does not listen there: start it (systemctl status virtqemud.socket libvirtd.socket), and check the URI.',
  ],
  [
    /unable to resolve|could not resolve|name or service not known/i,
    'The name of the host is unknown here: check its spelling, and that this machine can resolve it.',
  ],
  [
    /no route to host|network is unreachable|timed? ?out|did not (answer|end)|deadline|within \d/i,
    'libvirt does not answer: the host is off, a firewall drops the connection, or its daemon hangs; `virsh -c URI list` from here should hang just so.',
  ],
  [
    /no connection driver|libvirt\.so|cannot open shared object/i,
    'Install libvirt’s client library here (libvirt0, libvirt-libs), with the driver of the URI.',
  ],
];

const OTHERWISE =
  'Try `virsh -c URI list` with the same URI, as the same user: it says the same, and the journal of the daemon more.';

/** What it means that libvirt failed; undefined where it was not libvirt. */
export function libvirtFailure(error: unknown): LegResult | undefined {
  const causes = causesOf(error);
  const said = causes.findLast((cause) => cause instanceof LibvirtError);
  if (!said) return undefined;
  const advice = ADVICE.find(([words]) => words.test(said.message))?.[1] ?? OTHERWISE;
  return { outcome: 'failed', detail: printable(said.message), advice };
}
