import { inspect } from 'node:util';
import { ConsoleError, Secret } from '@remote-consoles/core';
import { describe, expect, it } from 'vitest';
import { RdpFailure } from './rdp-failure.js';
import { RefusedLogins } from './refused-logins.js';

const account = (password: string, user = 'u', domain = 'LAB') => ({
  user,
  domain,
  password: new Secret(password),
});
const refusal = () => new RdpFailure('credssp-refused', { kind: 'general-error' }, 'refused');

/** Tries to log in to a host that answers so. @returns whether the host was asked */
async function tries(
  logins: RefusedLogins,
  host: string,
  who: ReturnType<typeof account> | undefined,
  answer: () => unknown = refusal,
): Promise<boolean> {
  let asked = false;
  await logins
    .attempt(host, who, async () => {
      asked = true;
      throw answer();
    })
    .catch((error: unknown) => expect(error).toBeInstanceOf(ConsoleError));
  return asked;
}

describe('RefusedLogins', () => {
  it('keeps a login from being tried again for two minutes', async () => {
    let now = 1000;
    const logins = new RefusedLogins(() => now);
    expect(await tries(logins, 'hv1', account('old'))).toBe(true);
    now += 119_001;
    const again = logins.attempt('hv1', account('old'), async () => 'in');
    await expect(again).rejects.toMatchObject({
      word: 'credssp-refused',
      message: 'the console refused this login a moment ago; it is tried again in 1 s',
      answer: { httpStatus: 502 },
    });
    now += 999;
    expect(await tries(logins, 'hv1', account('old'))).toBe(true);
  });

  it('lets another password, account or host through at once, and consoles without a login', async () => {
    const logins = new RefusedLogins(() => 0);
    await tries(logins, 'hv1', account('old'));
    await tries(logins, 'hv1', undefined);
    expect(await logins.attempt('hv1', account('new'), async () => 'in')).toBe('in');
    expect(await tries(logins, 'hv1', account('old', 'v'))).toBe(true);
    expect(await tries(logins, 'hv1', account('old', 'u', 'OTHER'))).toBe(true);
    expect(await tries(logins, 'hv2', account('old'))).toBe(true);
    expect(await tries(logins, 'hv1', undefined)).toBe(true);
  });

  it('takes nothing else for a refusal', async () => {
    const logins = new RefusedLogins(() => 0);
    const unreachable = () => new ConsoleError('console-unreachable', 'late');
    await tries(logins, 'hv1', account('old'), unreachable);
    await tries(
      logins,
      'hv1',
      account('old'),
      () => new RdpFailure('pcb', { kind: 'general-error' }, 'gone'),
    );
    expect(await tries(logins, 'hv1', account('old'))).toBe(true);
  });

  it('is bounded, and holds no password', async () => {
    const logins = new RefusedLogins(() => 0);
    for (let i = 0; i < 1500; i++) await tries(logins, `hv${i}`, account('hunter2-hunter2'));
    expect(await tries(logins, 'hv1499', account('hunter2-hunter2'))).toBe(false);
    expect(await tries(logins, 'hv0', account('hunter2-hunter2'))).toBe(true);
    expect(inspect(logins, { depth: null, showHidden: true })).not.toContain('hunter2');
  });
});
