import { z } from '@remote-consoles/option-schema';

const redisUrl = z
  .url({ protocol: /^rediss?$/, error: 'must be redis://HOST:PORT/DB or rediss://HOST:PORT/DB' })
  .transform((text) => new URL(text))
  .refine((url) => url.username === '' && url.password === '', {
    error: 'must hold no user and no password: use username and passwordFile',
  })
  .refine((url) => url.hostname !== '' && /^\/?\d{0,6}$/.test(url.pathname) && url.search === '', {
    error: 'must be redis://HOST:PORT/DB or rediss://HOST:PORT/DB',
  });

/** The configuration of console tokens in Redis or Valkey. File names are relative to the configuration file. */
export const redisTokenStoreConfig = z
  .strictObject({
    /** `rediss:` is TLS with a verified certificate. */
    url: redisUrl,
    /** An ACL user; `default` where absent. */
    username: z.string().min(1).optional(),
    password: z.string().min(1).optional(),
    passwordFile: z.string().min(1).optional(),
    /** Certificates (PEM) of the authorities that Redis' certificate is checked against; the system's where absent. */
    caFile: z.string().min(1).optional(),
    /** Our own certificate and key (PEM), where Redis asks for one. */
    certificateFile: z.string().min(1).optional(),
    keyFile: z.string().min(1).optional(),
    /** What every key begins with; deployments that share a Redis need different ones. */
    keyPrefix: z.string().min(1).max(100).default('remote-consoles:'),
    /** s that Redis gets for one answer */
    timeout: z.number().min(0.05).max(30).default(2),
  })
  .refine((own) => own.password === undefined || own.passwordFile === undefined, {
    error: 'needs password or passwordFile, not both',
  })
  .refine((own) => own.username === undefined || (own.password ?? own.passwordFile) !== undefined, {
    error: 'a username needs a password or passwordFile',
  })
  .refine((own) => (own.certificateFile === undefined) === (own.keyFile === undefined), {
    error: 'needs certificateFile and keyFile, or neither',
  })
  .refine((own) => own.url.protocol === 'rediss:' || (own.caFile ?? own.certificateFile) === undefined, {
    error: 'caFile, certificateFile and keyFile need a rediss: url',
  });

export type RedisTokenStoreConfig = z.output<typeof redisTokenStoreConfig>;
