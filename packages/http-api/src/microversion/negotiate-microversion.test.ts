import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fault, useCloud } from '../../test/fixtures/use-cloud.js';
import { requestedVersion, supportedVersion } from './negotiate-microversion.js';

const NEW = 'openstack-api-version';
const OLD = 'x-openstack-nova-api-version';

describe('requestedVersion', () => {
  it.each([
    ['nothing', {}, '2.1'],
    ['the header', { [NEW]: 'compute 2.6' }, '2.6'],
    ['the old header', { [OLD]: '2.6' }, '2.6'],
    ['both: the new one wins', { [NEW]: 'compute 2.6', [OLD]: '2.8' }, '2.6'],
    ['latest', { [NEW]: 'compute latest' }, '2.99'],
    ['latest, old', { [OLD]: 'latest' }, '2.99'],
    ['other services too', { [NEW]: 'identity 3.1, compute 2.6' }, '2.6'],
    ['other services too', { [NEW]: 'compute 2.6,volume 3.60' }, '2.6'],
    ['other services only', { [NEW]: 'identity 3.1' }, '2.1'],
    ['other services only, and the old header', { [NEW]: 'identity 3.1', [OLD]: '2.8' }, '2.8'],
    ['the last of several', { [NEW]: 'compute 2.6, compute 2.8' }, '2.8'],
    ['space around it', { [NEW]: '  compute   2.6  ' }, '2.6'],
    ['space around the old one', { [OLD]: ' 2.6 ' }, '2.6'],
    ['the service in capitals', { [NEW]: 'Compute 2.6' }, '2.6'],
    ['no number', { [NEW]: 'compute' }, '2.1'],
    ['nothing at all', { [NEW]: '' }, '2.1'],
  ])('%s: %j', (_what, headers, version) => {
    expect(requestedVersion(headers)).toBe(version);
  });

  it.each([
    'abc',
    '2',
    '2.6.1',
    '2.06',
    '02.6',
    '-1.2',
    '2.',
    '.6',
    'LATEST',
    'compute',
    '2.6 x',
    '2,6',
    '٢.٦',
    '2.6\u00a0x',
  ])('%j is malformed', (text) => {
    expect(() => requestedVersion({ [NEW]: `compute ${text.replace(',', ' ')}` })).toThrow(
      /^API Version String .* is of invalid format\. Must be of format MajorNum\.MinorNum\.$/,
    );
  });

  it('an empty old header is malformed', () => {
    expect(() => requestedVersion({ [OLD]: '' })).toThrow('API Version String  is of invalid format.');
  });

  it('answers any header with a version or a 400', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (standard, legacy) => {
        try {
          expect(requestedVersion({ [NEW]: standard, [OLD]: legacy })).toMatch(/^\d+\.\d+(\.\.\.)?$/);
        } catch (error) {
          expect(error).toMatchObject({ status: 400 });
        }
      }),
    );
  });
});

describe('supportedVersion', () => {
  it.each(['2.1', '2.6', '2.99'])('%s', (text) => {
    const [major, minor] = text.split('.').map(Number);
    expect(supportedVersion(text)).toEqual({ major, minor });
  });

  it.each(['1.9', '2.0', '2.100', '2.999', '3.0', '2.99999999999999999999'])(
    '%s is not supported',
    (text) => {
      expect(() => supportedVersion(text)).toThrow(
        `Version ${text} is not supported by the API. Minimum is 2.1 and maximum is 2.99.`,
      );
    },
  );
});

describe('the answer', () => {
  const fixture = useCloud();
  const ask = (headers: Record<string, string>) =>
    fixture.api.get('/v2.1/servers', { token: 'member', headers });

  it('names the version that was used', async () => {
    const { headers } = await ask({ 'OpenStack-API-Version': 'compute latest' });
    expect(headers).toMatchObject({
      [NEW]: 'compute 2.99',
      [OLD]: '2.99',
      vary: `OpenStack-API-Version, X-OpenStack-Nova-API-Version`,
    });
  });

  it('of 406 names the version that was asked for', async () => {
    const { json, headers } = await ask({ 'OpenStack-API-Version': 'compute 2.999' });
    expect(json).toEqual(
      fault(
        'computeFault',
        406,
        'Version 2.999 is not supported by the API. Minimum is 2.1 and maximum is 2.99.',
      ),
    );
    expect(headers).toMatchObject({ [NEW]: 'compute 2.999', [OLD]: '2.999', vary: expect.any(String) });
  });

  it('of 400 names none', async () => {
    const { json, headers } = await ask({ 'X-OpenStack-Nova-API-Version': 'abc' });
    expect(json).toEqual(
      fault(
        'badRequest',
        400,
        'API Version String abc is of invalid format. Must be of format MajorNum.MinorNum.',
      ),
    );
    for (const name of [NEW, OLD, 'vary']) expect(headers).not.toHaveProperty(name);
  });

  it('stays small when the version is not', async () => {
    for (const version of [`2.${'9'.repeat(9000)}`, 'x'.repeat(9000)]) {
      const { status, text } = await ask({ 'OpenStack-API-Version': `compute ${version}` });
      expect([400, 406]).toContain(status);
      expect(text.length).toBeLessThan(1500);
    }
  });
});
