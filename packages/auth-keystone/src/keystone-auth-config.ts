import { z } from '@remote-consoles/option-schema';

const seconds = (min: number, max: number) => z.number().min(min).max(max);

const password = z
  .strictObject({
    username: z.string().min(1),
    password: z.string().min(1).optional(),
    /** Relative to the configuration file. */
    passwordFile: z.string().min(1).optional(),
    /** The name of the user's domain. */
    userDomain: z.string().min(1).default('Default'),
    project: z.string().min(1),
    projectDomain: z.string().min(1).default('Default'),
  })
  .refine((own) => (own.password === undefined) !== (own.passwordFile === undefined), {
    error: 'needs exactly one of password and passwordFile',
  });

const applicationCredential = z
  .strictObject({
    applicationCredentialId: z.string().min(1),
    applicationCredentialSecret: z.string().min(1).optional(),
    /** Relative to the configuration file. */
    applicationCredentialSecretFile: z.string().min(1).optional(),
  })
  .refine(
    (own) =>
      (own.applicationCredentialSecret === undefined) !== (own.applicationCredentialSecretFile === undefined),
    { error: 'needs exactly one of applicationCredentialSecret and applicationCredentialSecretFile' },
  );

/** Chooses by the key that only one of the two has, so that problems are reported for what was meant. */
const credentials = z.looseObject({}).transform((raw, context) => {
  const schema = 'applicationCredentialId' in raw ? applicationCredential : password;
  const result = schema.safeParse(raw);
  if (result.success) return result.data;
  for (const { path, message } of result.error.issues) context.addIssue({ code: 'custom', path, message });
  return z.NEVER;
});

const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' });

/** The configuration of API tokens that Keystone issues. */
export const keystoneAuthConfig = z.strictObject({
  /** Keystone's address as this process reaches it, such as `https://keystone.example:5000/v3`. */
  authUrl: httpUrl.transform((url) => url.replace(/\/*$/, '').replace(/(?<!\/v3)$/, '/v3')),
  /** Keystone's address as clients reach it, for the header of 401 answers; `authUrl` where absent. */
  authenticateUri: httpUrl.transform((url) => new URL(url).href).optional(),
  /** Certificates (PEM) of the authorities that Keystone's certificate is checked against; the system's where absent. */
  caFile: z.string().min(1).optional(),
  /** Our own account: it must be allowed to validate tokens (role `service`, or `admin`). */
  credentials,
  /** s that Keystone gets for one answer */
  timeout: seconds(0.1, 60).default(5),
  cache: z
    .strictObject({
      /** s that a valid token is believed without asking again: how late a revocation may come; 0 asks each time */
      ttl: seconds(0, 3600).default(60),
      maxEntries: z.int().min(1).max(1_000_000).default(10_000),
    })
    .prefault({}),
  /** A service token must bring one of these roles to vouch for an expired user token. */
  serviceTokenRoles: z.array(z.string().min(1)).min(1).default(['service']),
});

export type KeystoneAuthConfig = z.output<typeof keystoneAuthConfig>;
export type KeystoneCredentialsConfig = KeystoneAuthConfig['credentials'];
