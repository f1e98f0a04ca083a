import { z } from '@remote-consoles/option-schema';

/** Signatures by a private key that only the issuer has; a shared secret would let us forge tokens, and `none` anyone. */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const;

/** A claim at the top, or the way to one inside others. The name is taken as it is: dots and slashes mean nothing. */
const claim = z
  .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
  .transform((name) => [name].flat());

/** Whoever can change what the issuer says can log in as anybody, so plain HTTP is for this machine alone. */
export function isTrustworthyUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  const local = hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
  return protocol === 'https:' || (protocol === 'http:' && local);
}

/** The configuration of API tokens of an OpenID Connect issuer. */
export const oidcAuthConfig = z
  .strictObject({
    /** The issuer, letter by letter as its tokens name it in `iss`. */
    issuer: z.string().refine(isTrustworthyUrl, { error: 'must be an https:// URL' }),
    /** What `aud` must contain: the name of this API at the issuer, not that of a client that logs in. */
    audience: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]),
    algorithms: z.array(z.enum(ALGORITHMS)).min(1).default(['RS256', 'PS256', 'ES256', 'EdDSA']),
    claims: z
      .strictObject({
        user: claim.prefault('sub'),
        project: claim.optional(),
        roles: claim.prefault('roles'),
      })
      .prefault({}),
    /** The project of every user, where no claim names it. */
    project: z.string().min(1).optional(),
    /** Our roles by the values of the roles claim. A value that is not here gives no role. */
    roles: z.record(z.string(), z.array(z.string().min(1))),
    /** Certificates (PEM) of the authorities that the issuer's certificate is checked against; the system's where absent. */
    caFile: z.string().min(1).optional(),
    /** s that the issuer gets for one answer */
    timeout: z.number().min(0.1).max(60).default(5),
    /** s that the issuer's clock may differ from ours */
    clockTolerance: z.number().min(0).max(300).default(5),
  })
  .refine((own) => own.project === undefined || own.claims.project === undefined, {
    path: ['project'],
    error: 'is for issuers without a claim that names the project: give project or claims.project',
  });

export type OidcAuthConfig = z.output<typeof oidcAuthConfig>;
