import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Secret, type TlsTrust } from '@remote-consoles/core';
import { z } from '@remote-consoles/option-schema';
import { parseNameTemplate } from './inventory/name-template.js';
import { splitUser, type WsmanAccount } from './wsman/authorization.js';
import { parseFingerprint } from './wsman/certificate-fingerprint.js';

const text = (max: number) => z.string().min(1).max(max);
const path = text(4096);
const port = z.int().min(1).max(65_535);

const fingerprint = (algorithm: 'sha256' | 'sha1', octets: number) =>
  z.string().transform((value, context) => {
    const parsed = parseFingerprint(algorithm, value);
    if (parsed !== undefined) return parsed;
    context.addIssue({ code: 'custom', message: `must be a fingerprint of ${octets} hexadecimal octets` });
    return z.NEVER;
  });

/** How the certificate of a listener is believed. */
const trust = z.union([
  z.literal('system'),
  z.strictObject({ caFile: path }),
  z.strictObject({ sha256: fingerprint('sha256', 32) }),
  z.strictObject({ sha1: fingerprint('sha1', 20) }),
]);

/** A name or address; neither a URL nor a port with it. */
const address = text(255).regex(
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(?:%\w+)?)$/,
  'must be a host name or an IP address',
);

const byPassword = { user: text(255), passwordFile: path };
const winrm = z.discriminatedUnion('method', [
  z.strictObject({ method: z.literal('ntlm'), ...byPassword }),
  z.strictObject({
    method: z.literal('basic'),
    ...byPassword,
    user: byPassword.user.refine((user) => !user.includes(':'), 'must be without a colon for basic'),
  }),
  z.strictObject({ method: z.literal('certificate'), certificateFile: path, keyFile: path }),
]);

/** The account that opens consoles. */
const console = z.strictObject({ ...byPassword, enhancedSession: z.boolean().default(false) });

const host = z.strictObject({
  /** As servers show it. */
  name: text(255),
  /** The address where absent is the name. */
  address: address.optional(),
  port: port.default(5986),
  trust: trust.default('system'),
  /** Of the listener of consoles, which has a certificate of its own. */
  consoleTrust: trust.default('system'),
  /** Where this host's accounts are not everybody's. */
  winrm: winrm.optional(),
  console: console.optional(),
});

const project = z.strictObject({ notes: z.boolean().default(false), default: text(255).optional() });

const nameTemplate = z.string().transform((value, context) => {
  const parsed = parseNameTemplate(value);
  if (parsed) return parsed;
  const message = 'must be a name with one of %s, %d, %x, %08x or %(uuid)s in it, such as instance-%08x';
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});

const fields = z.strictObject({
  hosts: z.array(host).min(1).max(1000),
  winrm: winrm.optional(),
  console: console.optional(),
  project,
  nameTemplate: nameTemplate.optional(),
  /** Whether a VM's notes name the server, as Nova's driver for Hyper-V wrote them. */
  novaNotes: z.boolean().default(false),
  /** s in which a server must be found or a console opened */
  timeout: z.number().min(1).max(60).default(10),
  /** s between two looks at a host's VMs */
  pollInterval: z.number().min(1).max(3600).default(5),
});

/** The adapter's part of the configuration file. */
export const configSchema = fields.superRefine((config, context) => {
  const issue = (message: string, ...path: (string | number)[]) =>
    context.addIssue({ code: 'custom', message, path });
  if (!config.project.notes && config.project.default === undefined) {
    issue('must say how the project of a VM is found', 'project');
  }
  const names = new Set<string>();
  for (const [index, { name, address, winrm, console }] of config.hosts.entries()) {
    if (names.has(name)) issue('two hosts have the same name', 'hosts', index, 'name');
    names.add(name);
    if (address === undefined && !addressIn(name)) {
      issue('must be given where the name is no host name', 'hosts', index, 'address');
    }
    if (!(winrm ?? config.winrm)) issue('must be given here or for all hosts', 'hosts', index, 'winrm');
    if (!(console ?? config.console)) issue('must be given here or for all hosts', 'hosts', index, 'console');
  }
});

const addressIn = (name: string): boolean => address.safeParse(name).success;

export type HypervConfig = z.output<typeof configSchema>;
export type HostConfig = HypervConfig['hosts'][number];
export type WinrmConfig = z.output<typeof winrm>;
export type ConsoleConfig = z.output<typeof console>;

/** Rejects where the CA file cannot be read. */
export async function readTrust(config: z.output<typeof trust>, directory: string): Promise<TlsTrust> {
  if (config === 'system') return { kind: 'system' };
  if ('caFile' in config)
    return { kind: 'ca', ca: await readFile(resolve(directory, config.caFile), 'utf8') };
  return 'sha256' in config
    ? { kind: 'pin', algorithm: 'sha256', fingerprint: config.sha256 }
    : { kind: 'pin', algorithm: 'sha1', fingerprint: config.sha1 };
}

/** Rejects where a file cannot be read. */
export async function readWinrmAccount(config: WinrmConfig, directory: string): Promise<WsmanAccount> {
  if (config.method !== 'certificate') {
    const { method, user, passwordFile } = config;
    return { method, user, password: await readPassword(passwordFile, directory) };
  }
  const certificate = await readFile(resolve(directory, config.certificateFile), 'utf8');
  const key = new Secret(await readFile(resolve(directory, config.keyFile), 'utf8'));
  return { method: 'certificate', identity: { certificate, key } };
}

/** Rejects where the password's file cannot be read. */
export async function readConsoleAccount({ user, passwordFile }: ConsoleConfig, directory: string) {
  return { ...splitUser(user), password: await readPassword(passwordFile, directory) };
}

/** A newline at its end is not part of the password. */
async function readPassword(file: string, directory: string): Promise<Secret> {
  return new Secret((await readFile(resolve(directory, file), 'utf8')).replace(/\r?\n$/, ''));
}
