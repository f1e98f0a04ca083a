import { hash } from 'node:crypto';
import { z } from '@remote-consoles/option-schema';

/** What a token may be: text that a header can carry as it is. */
export const TOKEN_TEXT = /^[\x21-\x7e]{8,4096}$/;

const who = {
  /** Whose token it is: the id that audit records show. */
  user: z.string().min(1),
  /** The id of the project that the token is scoped to; absent for none. */
  project: z.string().min(1).optional(),
  /** `admin` brings manager, member and reader; `member` brings reader. */
  roles: z.array(z.string().min(1)),
};

const plain = z.strictObject({
  ...who,
  token: z.string().regex(TOKEN_TEXT, 'must be 8 to 4096 visible ASCII characters'),
});

const hashed = z.strictObject({
  ...who,
  tokenSha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/i, 'must be the SHA-256 of the token, 64 hex digits')
    .toLowerCase(),
});

const inFile = z.strictObject({ ...who, tokenFile: z.string().min(1) });

/** Exactly one of `token`, `tokenSha256` and `tokenFile`, reported as such and not as three failed alternatives. */
const entry = z.looseObject({}).transform((raw, context) => {
  const kinds = (['token', 'tokenSha256', 'tokenFile'] as const).filter((key) => raw[key] !== undefined);
  const [kind] = kinds;
  if (kind === undefined || kinds.length > 1) {
    context.addIssue({ code: 'custom', message: 'needs exactly one of token, tokenSha256 and tokenFile' });
    return z.NEVER;
  }
  const schema = { token: plain, tokenSha256: hashed, tokenFile: inFile }[kind];
  const result = schema.safeParse(raw);
  if (result.success) return result.data;
  for (const { path, message } of result.error.issues) context.addIssue({ code: 'custom', path, message });
  return z.NEVER;
});

export type StaticToken = z.output<typeof entry>;

/** How a token is looked up. */
export function sha256(token: string): string {
  return hash('sha256', token);
}

const tokens = z
  .array(entry)
  .min(1, 'at least one token is needed')
  .superRefine((all, context) => {
    const seen = new Map<string, number>();
    for (const [index, each] of all.entries()) {
      const key = identityOf(each);
      const first = seen.get(key);
      if (first !== undefined) {
        context.addIssue({ code: 'custom', path: [index], message: `is the same token as tokens[${first}]` });
      } else seen.set(key, index);
    }
  });

function identityOf(each: StaticToken): string {
  if ('token' in each) return sha256(each.token);
  return 'tokenSha256' in each ? each.tokenSha256 : `file ${each.tokenFile}`;
}

/** The configuration of API tokens that stand in the configuration itself. */
export const staticAuthConfig = z.strictObject({
  tokens,
  /** What a 401 answer names as the place to get a token, as Keystone's `www_authenticate_uri`. */
  authenticateUri: z
    .url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' })
    .transform((url) => new URL(url).href)
    .default('http://127.0.0.1:5000/v3'),
});

export type StaticAuthConfig = z.output<typeof staticAuthConfig>;
