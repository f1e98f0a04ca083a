import { z } from '@remote-consoles/option-schema';
import { parseHostUri } from '../host/host-uri.js';

const text = z.string().min(1);
const seconds = z.number().positive().max(300);

const host = z
  .strictObject({
    /** What the API calls the compute host. */
    name: z
      .string()
      .regex(
        /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/,
        'must be a name of letters, digits, dot, dash or underscore',
      ),
    /** https://libvirt.org/uri.html */
    uri: text.transform((uri, context) => {
      const parsed = parseHostUri(uri);
      if (parsed) return parsed;
      context.addIssue({ code: 'custom', message: 'must be a libvirt URI, such as qemu:///system' });
      return z.NEVER;
    }),
    /** What displays are dialled by when they listen on all addresses; the machine in the URI where absent. */
    address: text.optional(),
    /** Answers when the daemon asks (SASL). */
    username: text.optional(),
    password: text.optional(),
    passwordFile: text.optional(),
  })
  .refine(({ password, passwordFile }) => password === undefined || passwordFile === undefined, {
    message: 'give one of password, passwordFile, not both',
  });

/** How the certificates of displays are believed; the system's authorities where nothing is said. */
const tls = z
  .strictObject({
    ca: text.optional(),
    caFile: text.optional(),
    /** SHA-256 of the certificate, in hex. */
    fingerprint: z
      .string()
      .regex(/^([0-9a-f]{2}:?){32}$/i, 'must be the 64 hex digits of a SHA-256 fingerprint')
      .optional(),
    /** The name in the certificate, where it is not the one that is dialled. */
    serverName: text.optional(),
    /** Instead of a name: the whole subject of the certificate, as SPICE's host subject: `C=IL,O=Example,CN=kvm1`. */
    subject: z
      .string()
      .regex(
        /^(?: *\w+=(?:[^,\\]|\\.)*,)* *\w+=(?:[^,\\]|\\.)*$/,
        'must be a subject, such as O=Example,CN=kvm1',
      )
      .optional(),
    /** For displays that ask who dials them. */
    certificateFile: text.optional(),
    keyFile: text.optional(),
    /** Whether a display that offers no TLS is refused. Displays that libvirt hands over need none. */
    required: z.boolean().default(false),
  })
  .refine(({ ca, caFile, fingerprint }) => [ca, caFile, fingerprint].filter(Boolean).length <= 1, {
    message: 'give one of ca, caFile, fingerprint, not several',
  })
  .refine(({ fingerprint, serverName, subject }) => !subject || (!fingerprint && !serverName), {
    message: 'subject takes the place of serverName, and a fingerprint needs neither',
  })
  .refine(({ certificateFile, keyFile }) => (certificateFile === undefined) === (keyFile === undefined), {
    message: 'certificateFile and keyFile belong together',
  });

/** The configuration of a libvirt hypervisor: one or more hosts whose servers are one set. */
export const configSchema = z.strictObject({
  hosts: z
    .array(host)
    .min(1, 'at least one host is needed')
    .refine((hosts) => new Set(hosts.map(({ name }) => name)).size === hosts.length, {
      message: 'two hosts have the same name',
    }),
  /** Whose the domains are that say nothing of a project. Without it they are not served at all. */
  defaultProject: text.optional(),
  tls: tls.prefault({}),
  /** Which password a display that must be dialled is opened with: its own, or one set for a short while. */
  displayPasswords: z.enum(['domain', 'session']).default('domain'),
  /** What a second user of a serial console gets: nothing, the console itself, or a view of it. */
  serialSecondUser: z.enum(['refuse', 'take-over', 'watch']).default('refuse'),
  timeouts: z
    .strictObject({
      /** s until a daemon must have answered the first call */
      connect: seconds.default(5),
      /** s for any other call */
      call: seconds.default(10),
    })
    .prefault({}),
});

export type LibvirtConfig = z.output<typeof configSchema>;
export type HostConfig = LibvirtConfig['hosts'][number];
export type TlsConfig = LibvirtConfig['tls'];
