import { z } from '@remote-consoles/option-schema';
import { type ListenAddress, parseListenAddress } from './listen-address.js';
import { ROLES, type Role } from './role.js';

/** The files of a certificate, in PEM; paths are relative to the configuration file. */
export interface TlsFiles {
  /** The certificate, and after it those between it and its authority. */
  readonly certificateFile: string;
  /** Its private key, without a passphrase. */
  readonly keyFile: string;
}

/** One place where a process accepts connections. */
export interface Listener {
  /** Where it stands in the configuration. */
  readonly path: readonly (string | number)[];
  readonly address: ListenAddress;
  /** The roles that are served here, where they are not all of the process. */
  readonly roles?: readonly Role[] | undefined;
  readonly tls?: TlsFiles | undefined;
}

/** `HOST:PORT`. */
export const address = z.string('must be HOST:PORT, or have an address').transform((text, context) => {
  const parsed = parseListenAddress(text);
  if (parsed) return parsed;
  context.addIssue({ code: 'custom', message: 'must be HOST:PORT, such as 127.0.0.1:8774 or [::1]:8774' });
  return z.NEVER;
});

export const roles = z
  .array(z.enum(ROLES))
  .min(1, 'at least one of api and gateway is needed')
  .transform((named) => ROLES.filter((role) => named.includes(role)));

const listenerObject = z.strictObject({
  address,
  roles: roles.optional(),
  tls: z.strictObject({ certificateFile: z.string().min(1), keyFile: z.string().min(1) }).optional(),
});

const listenerSchema = (raw: unknown) =>
  typeof raw === 'object' && raw !== null ? listenerObject : address.transform((at) => ({ address: at }));

/** An address, a listener, or a list of both. The shape chooses the schema, so that problems are of what was meant. */
export const listeners = z.unknown().transform((raw, context): readonly Listener[] => {
  const all = Array.isArray(raw) ? raw : [raw];
  if (all.length === 0) context.addIssue({ code: 'custom', message: 'at least one address is needed' });
  return all.flatMap((one: unknown, index) => {
    const path = Array.isArray(raw) ? [index] : [];
    const result = listenerSchema(one).safeParse(one);
    if (result.success) return [{ ...result.data, path: ['listen', ...path] }];
    for (const issue of result.error.issues) {
      context.addIssue({ code: 'custom', path: [...path, ...issue.path], message: issue.message });
    }
    return [];
  });
});
