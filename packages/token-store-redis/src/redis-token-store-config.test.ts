import { describe, expect, it } from 'vitest';
import { redisTokenStoreConfig } from './redis-token-store-config.js';

const problems = (config: unknown) =>
  redisTokenStoreConfig
    .safeParse(config)
    .error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);

describe('the configuration', () => {
  it('has defaults', () => {
    const config = redisTokenStoreConfig.parse({ url: 'redis://redis.example' });
    expect(config).toMatchObject({ keyPrefix: 'remote-consoles:', timeout: 2 });
  });

  it.each(['redis://h', 'redis://h:6380/', 'redis://h:6380/3', 'rediss://h', 'redis://[2001:db8::1]:6379/0'])(
    'accepts %s',
    (url) => {
      expect(problems({ url })).toBeUndefined();
    },
  );

  const FORM = 'url: must be redis://HOST:PORT/DB or rediss://HOST:PORT/DB';
  it.each<[object, string[]]>([
    [{ url: 'http://h' }, [FORM]],
    [{ url: 'h:6379' }, [FORM]],
    [{ url: 'redis://' }, [FORM]],
    [{ url: 'redis://h/one' }, [FORM]],
    [{ url: 'redis://h/0?family=6' }, [FORM]],
    [
      { url: 'redis://user:hunter2@h' },
      ['url: must hold no user and no password: use username and passwordFile'],
    ],
    [{ url: 'redis://h', password: 'x', passwordFile: 'y' }, [': needs password or passwordFile, not both']],
    [{ url: 'redis://h', username: 'x' }, [': a username needs a password or passwordFile']],
    [{ url: 'rediss://h', keyFile: 'k' }, [': needs certificateFile and keyFile, or neither']],
    [{ url: 'redis://h', caFile: 'c' }, [': caFile, certificateFile and keyFile need a rediss: url']],
    [{ url: 'redis://h', keyPrefix: '' }, ['keyPrefix: Too small: expected string to have >=1 characters']],
    [{ url: 'redis://h', tls: { rejectUnauthorized: false } }, [': Unrecognized key: "tls"']],
  ])('refuses %j', (config, expected) => {
    expect(problems(config)).toEqual(expected);
  });
});
