import { CONSOLE_PROTOCOLS, VM_STATES } from '@remote-consoles/core';
import { z } from '@remote-consoles/option-schema';

const text = z.string().min(1);
const host = text.describe('name or address');
const port = z.int().min(1).max(65535);

/** A secret in the file itself, or the path of a file that holds nothing else. */
const password = { password: text.optional(), passwordFile: text.optional() };

function atMostOne<T extends object>(
  schema: z.ZodType<T>,
  ...keys: readonly (keyof T & string)[]
): z.ZodType<T> {
  return schema.refine((value) => keys.filter((key) => value[key] !== undefined).length <= 1, {
    message: `give one of ${keys.join(', ')}, not several`,
  });
}

/** How the certificate of a server is believed; the system's authorities where nothing is said. */
const tls = atMostOne(
  z
    .strictObject({
      ca: text.optional(),
      caFile: text.optional(),
      /** SHA-256 of the certificate, in hex. */
      fingerprint: z
        .string()
        .regex(/^([0-9a-f]{2}:?){32}$/i, 'must be the 64 hex digits of a SHA-256 fingerprint')
        .optional(),
      serverName: text.optional(),
      certificateFile: text.optional(),
      keyFile: text.optional(),
    })
    .refine(({ certificateFile, keyFile }) => (certificateFile === undefined) === (keyFile === undefined), {
      message: 'certificateFile and keyFile belong together',
    }),
  'ca',
  'caFile',
  'fingerprint',
);

const liveVnc = atMostOne(
  z.strictObject({
    security: z.enum(['none', 'vnc', 'x509none', 'x509vnc']).default('none'),
    ...password,
    width: z.int().min(320).max(2560).default(1024),
    height: z.int().min(200).max(1600).default(768),
  }),
  'password',
  'passwordFile',
).refine(
  ({ security, password, passwordFile }) =>
    (security === 'vnc' || security === 'x509vnc') === ((password ?? passwordFile) !== undefined),
  { message: 'a password belongs to the securities vnc and x509vnc, and to no others' },
);

/** A VNC server somewhere else. TLS is required as soon as anything is said about it. */
const externalVnc = atMostOne(
  z.strictObject({
    host,
    port: port.default(5900),
    ...password,
    tls: tls.optional(),
    tlsRequired: z.boolean().optional(),
  }),
  'password',
  'passwordFile',
);

const spice = atMostOne(
  z
    .strictObject({ host, port: port.optional(), tlsPort: port.optional(), ...password, tls: tls.optional() })
    .refine(({ port, tlsPort }) => (port ?? tlsPort) !== undefined, {
      message: 'give port, tlsPort or both',
    }),
  'password',
  'passwordFile',
);

const rdp = atMostOne(
  z
    .strictObject({
      host,
      port: port.default(3389),
      user: text.optional(),
      domain: text.optional(),
      ...password,
      tls: tls.default({}),
    })
    .refine(
      ({ user, password, passwordFile }) =>
        (user === undefined) === ((password ?? passwordFile) === undefined),
      {
        message: 'user and password belong together',
      },
    ),
  'password',
  'passwordFile',
);

const live = z.literal('live');

const server = z.strictObject({
  /** As clients name it; a UUID unless you know better. */
  id: text.max(255),
  name: text.max(255),
  project: text,
  user: text.optional(),
  /** The compute host; a server without one is not scheduled yet and has no console. */
  host: text.optional(),
  vmState: z.enum(VM_STATES).default('active'),
  taskState: text.optional(),
  consoles: z
    .strictObject({
      vnc: vncConsole().optional(),
      serial: z.union([live, z.strictObject({ host, port })]).optional(),
      mks: live.optional(),
      spice: spice.optional(),
      rdp: rdp.optional(),
    })
    .default({}),
});

/** The configuration of a memory hypervisor. */
export const configSchema = z.strictObject({
  /** The protocols that this hypervisor has at all; one left out is `console-not-implemented`. */
  protocols: z.array(z.enum(CONSOLE_PROTOCOLS)).default([...CONSOLE_PROTOCOLS]),
  /** The certificate of live consoles with x509none or x509vnc; one is made at start where none is given. */
  tls: z
    .strictObject({
      certificateFile: text,
      keyFile: text,
      caFile: text.optional(),
      serverName: text.default('localhost'),
    })
    .optional(),
  servers: z.array(server).refine((servers) => new Set(servers.map(({ id }) => id)).size === servers.length, {
    message: 'two servers have the same id',
  }),
});

export type MemoryConfig = z.output<typeof configSchema>;
export type ServerConfig = MemoryConfig['servers'][number];
export type LiveVncConfig = z.output<typeof liveVnc>;
export type ExternalVncConfig = z.output<typeof externalVnc>;
export type SpiceConfig = z.output<typeof spice>;
export type RdpConfig = z.output<typeof rdp>;
export type TlsConfig = z.output<typeof tls>;

/** `live`, a live console's settings, or somebody else's server: told apart by `host`, so that messages fit. */
function vncConsole() {
  return z.unknown().transform((value, context) => {
    const given = value === 'live' ? {} : value;
    if (typeof given === 'object' && given !== null && 'host' in given) {
      return { kind: 'external' as const, ...parseWithin(externalVnc, given, context) };
    }
    return { kind: 'live' as const, ...parseWithin(liveVnc, given, context) };
  });
}

function parseWithin<T>(schema: z.ZodType<T>, value: unknown, context: z.RefinementCtx): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  for (const { path, message } of result.error.issues) {
    context.issues.push({ code: 'custom', path: [...path], message, input: value });
  }
  return z.NEVER;
}
