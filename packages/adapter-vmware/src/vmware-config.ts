import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Secret, type TlsTrust } from '@remote-consoles/core';
import { z } from '@remote-consoles/option-schema';
import type { ProjectRules } from './inventory/project-rules.js';
import { type CertificateFingerprint, parseFingerprint } from './vim/certificate-fingerprint.js';

const text = (max: number) => z.string().min(1).max(max);

const url = z.string().transform((value, context) => {
  const parsed = URL.canParse(value) ? new URL(value) : undefined;
  if (parsed?.protocol === 'https:' && parsed.username === '' && parsed.password === '') return parsed;
  context.addIssue({
    code: 'custom',
    message: 'must be an https:// URL without user, such as https://vcenter.example.org',
  });
  return z.NEVER;
});

const fingerprint = (algorithm: CertificateFingerprint['algorithm'], octets: number) =>
  z.string().transform((value, context) => {
    const parsed = parseFingerprint(algorithm, value);
    if (parsed) return parsed.fingerprint;
    context.addIssue({ code: 'custom', message: `must be a fingerprint of ${octets} hexadecimal octets` });
    return z.NEVER;
  });

const caTrust = z.union([z.literal('system'), z.strictObject({ caFile: text(4096) })]);
const serverTrust = z.union([
  ...caTrust.options,
  z.strictObject({ sha256: fingerprint('sha256', 32) }),
  z.strictObject({ sha1: fingerprint('sha1', 20) }),
]);

const folderPath = z
  .string()
  .transform((path) => path.replace(/^\/+|\/+$/g, ''))
  .pipe(text(4096));

const project = z.strictObject({
  customAttribute: text(255).optional(),
  extraConfig: text(255)
    .refine(
      (key) => !key.toLowerCase().startsWith('guestinfo.'),
      'must not be a key that guests can write themselves',
    )
    .optional(),
  novaAnnotation: z.boolean().default(false),
  folders: z.record(folderPath, text(255)).default({}),
  default: text(255).optional(),
});

const fields = z.strictObject({
  /** The vCenter or ESXi host. */
  url,
  user: text(255),
  password: text(1024)
    .transform((value) => new Secret(value))
    .optional(),
  /** Read anew for each login; a newline at its end is not part of the password. */
  passwordFile: text(4096).optional(),
  trust: serverTrust.default('system'),
  /** For consoles on hosts whose tickets name no certificate. */
  hostTrust: caTrust.optional(),
  project,
  ticketType: z.enum(['webmks', 'mks']).default('webmks'),
  /** s in which a server must be found or a console opened */
  timeout: z.number().min(1).max(60).default(10),
});

/** The adapter's part of the configuration file. */
export const configSchema = fields.superRefine(({ password, passwordFile, project: rules }, context) => {
  if ((password === undefined) === (passwordFile === undefined)) {
    context.addIssue({ code: 'custom', message: 'give either password or passwordFile', path: ['password'] });
  }
  const { customAttribute, extraConfig, novaAnnotation, folders, default: otherwise } = rules;
  if (
    !customAttribute &&
    !extraConfig &&
    !novaAnnotation &&
    !otherwise &&
    Object.keys(folders).length === 0
  ) {
    context.addIssue({
      code: 'custom',
      message: 'must say how the project of a VM is found',
      path: ['project'],
    });
  }
});

export type VmwareConfig = z.output<typeof configSchema>;

/** @throws Error where the CA file cannot be read */
export function tlsTrust(trust: VmwareConfig['trust'], directory: string): TlsTrust {
  if (trust === 'system') return { kind: 'system' };
  if ('caFile' in trust) return { kind: 'ca', ca: readFileSync(resolve(directory, trust.caFile), 'utf8') };
  return 'sha256' in trust
    ? { kind: 'pin', algorithm: 'sha256', fingerprint: trust.sha256 }
    : { kind: 'pin', algorithm: 'sha1', fingerprint: trust.sha1 };
}

export function projectRules(project: VmwareConfig['project']): ProjectRules {
  const { customAttribute, extraConfig, novaAnnotation, folders, default: otherwise } = project;
  return {
    ...(customAttribute !== undefined && { customAttribute }),
    ...(extraConfig !== undefined && { extraConfig }),
    novaAnnotation,
    folders: new Map(Object.entries(folders)),
    ...(otherwise !== undefined && { default: otherwise }),
  };
}
