import { hostname } from 'node:os';
import { CONSOLE_TYPES, DEFAULT_TOKEN_TTL } from '@remote-consoles/core';
import { z } from '@remote-consoles/option-schema';
import { checkRoles } from './check-roles.js';
import { address, listeners, roles } from './listener.js';
import { parseNetwork } from './proxy-address.js';
import { rateLimits } from './rate-limit.js';
import { ROLES } from './role.js';

const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' });
const socketUrl = z.url({ protocol: /^wss?$/, error: 'must be a ws:// or wss:// URL' });
const seconds = (max: number) => z.number().positive().max(max);

const publicUrl = httpUrl.transform((url) => url.replace(/\/+$/, ''));

const proxy = z.string().transform((text, context) => {
  const network = parseNetwork(text);
  if (network) return network;
  context.addIssue({ code: 'custom', message: 'must be an address or a network, such as 10.0.0.0/8' });
  return z.NEVER;
});

const moduleOf = (module: string) =>
  z.strictObject({ module: z.string().min(1).default(module), options: z.unknown().optional() });

const offer = (url: z.ZodType<string>) => z.union([z.boolean(), z.strictObject({ baseUrl: url })]).optional();

const consoles = z.strictObject(
  Object.fromEntries(
    CONSOLE_TYPES.map((type) => [type, offer(type === 'serial' ? socketUrl : httpUrl)]),
  ) as Record<(typeof CONSOLE_TYPES)[number], ReturnType<typeof offer>>,
);

const hypervisor = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, 'must be a name of letters, digits, dot, dash or underscore'),
  module: z.string().min(1),
  options: z.unknown().optional(),
});

const hypervisors = z
  .array(hypervisor)
  .min(1, 'at least one hypervisor is needed')
  .superRefine((all, context) => {
    for (const [index, { name }] of all.entries()) {
      if (all.findIndex((other) => other.name === name) < index) {
        context.addIssue({
          code: 'custom',
          path: [index, 'name'],
          message: `the name ${name} is taken already`,
        });
      }
    }
  });

const gateway = z.strictObject({
  /** What browsers call the gateways; `publicUrl` where absent. */
  publicUrl: publicUrl.optional(),
  /** What this process is called where sessions are listed. */
  name: z.string().min(1).max(253).default(hostname),
  /** Host names of pages, other than our own, that may open consoles. */
  allowedOrigins: z
    .array(z.string().regex(/^[A-Za-z0-9.-]+$/, 'must be a host name without scheme or port'))
    .default([]),
  maxSessions: z.number().int().min(1).max(1_000_000).default(10_000),
  maxSessionsPerServer: z.number().int().min(1).default(20),
  maxSessionsPerUser: z.number().int().min(1).default(100),
  maxSessionsPerProject: z.number().int().min(1).optional(),
  maxSessionsPerToken: z.number().int().min(1).optional(),
  /** s without a byte from the viewer or the console; 0 for no limit */
  idleTimeout: z.number().min(0).max(86_400).default(0),
  /** s that a session may last, however busy it is; 0 for no limit */
  sessionTimeout: z.number().min(0).max(31_536_000).default(0),
  /** Whether a session ends when its token expires (Nova's option of the same name). */
  enforceSessionTimeout: z.boolean().default(false),
  /** s until a hypervisor must have accepted the connection */
  connectTimeout: seconds(60).default(5),
  /** s until the console's own handshake must be over */
  handshakeTimeout: seconds(60).default(10),
  /** s that open sessions get when the process is told to stop */
  drainTimeout: z.number().min(0).max(3600).default(10),
  /** Whether bitmap updates of RDP servers are made fit for the page's client, which draws padded ones askew. */
  widenRdpBitmaps: z.boolean().default(false),
});

const audit = z.discriminatedUnion('destination', [
  z.strictObject({ destination: z.literal('stdout') }),
  z.strictObject({ destination: z.literal('none') }),
  z.strictObject({ destination: z.literal('file'), file: z.string().min(1) }),
]);

const fields = z.strictObject({
  /** What this process does: part of a deployment whose other processes do the rest, or all of it. */
  roles: roles.default([...ROLES]),
  listen: listeners.prefault('127.0.0.1:8774'),
  /** Processes that share the listeners. */
  workers: z.number().int().min(1).max(256).default(1),
  /** What browsers and API clients call us; the listen address where absent. */
  publicUrl: publicUrl.optional(),
  /** Proxies whose X-Forwarded-For and X-Forwarded-Proto are believed; they must set both themselves. */
  trustedProxies: z.array(proxy).default([]),
  consoles: consoles.default({}),
  tokens: z
    .strictObject({
      ttl: z.number().int().min(1).max(86_400).default(DEFAULT_TOKEN_TTL),
      oneTime: z.boolean().default(false),
    })
    .prefault({}),
  tokenStore: moduleOf('@remote-consoles/token-store-memory').prefault({}),
  auth: moduleOf('@remote-consoles/auth-static').prefault({}),
  /** Rules laid over Nova's defaults, in oslo.policy's language; those written here over those of the file. */
  policy: z
    .strictObject({
      file: z.string().min(1).optional(),
      rules: z.record(z.string(), z.string('must be text such as role:admin')).default({}),
    })
    .prefault({}),
  hypervisors,
  gateway: gateway.prefault({}),
  /** How often clients may ask; each process counts for itself. */
  limits: rateLimits.prefault({}),
  viewer: z
    .strictObject({
      /** Origins that may show a console page in a frame, such as a dashboard's. */
      frameAncestors: z
        .array(
          z
            .string()
            .regex(/^https?:\/\/[^\s;,/]+$/, 'must be an origin, such as https://dashboard.example.org'),
        )
        .default([]),
      /** A directory with VMware's HTML Console SDK, to show WebMKS consoles with. */
      wmks: z.string().min(1).optional(),
    })
    .prefault({}),
  /** Where the record of every console goes: a log line, or a file of JSON lines. */
  audit: audit.default({ destination: 'stdout' }),
  /** Where Prometheus reads metrics: a listener of their own, with nothing else on it. None where absent. */
  metrics: z.strictObject({ listen: address }).optional(),
  log: z
    .strictObject({ level: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info') })
    .prefault({}),
});

/** The configuration file. Every key but `auth.options` and `hypervisors` has a default. */
export const configSchema = fields.superRefine((config, context) => {
  checkRoles(config, (path, message) => context.addIssue({ code: 'custom', path, message }));
});

export type Config = z.output<typeof fields>;
