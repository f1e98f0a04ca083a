import express from 'express';
import { describe, expect, it } from 'vitest';
import { BASES, PROJECT, SERVERS, startCloud } from '../test/fixtures/fixture-cloud.js';
import { useCloud } from '../test/fixtures/use-cloud.js';
import type { AnsweredRequest } from './exchange.js';

const PATH = `/v2.1/servers/${SERVERS.everything.id}/remote-consoles`;
const BODY = { remote_console: { protocol: 'vnc', type: 'novnc' } };

describe('createApi', () => {
  const auth = (challenge: string) => ({
    challenge,
    authenticate: () => Promise.reject(new Error('nobody')),
    check: async () => undefined,
    close: async () => undefined,
  });

  it.each([
    [{ auth: auth('two\nlines') }, /WWW-Authenticate/],
    [{ publicUrl: 'nonsense' }, /Invalid URL/],
    [{ publicUrl: 'ftp://cloud.example.org' }, /publicUrl must be an http or https URL, not ftp:/],
  ])('refuses settings that cannot work: %j', async (api, message) => {
    await expect(startCloud({ api })).rejects.toThrow(message);
  });
});

describe('a smaller body limit', () => {
  const fixture = useCloud({ api: { maxBodySize: 100 } });

  it('is kept and told', async () => {
    const question = { token: 'member', version: '2.6' };
    expect((await fixture.api.post(PATH, { ...question, body: BODY })).status).toBe(200);
    const answer = await fixture.api.post(PATH, { ...question, body: 'x'.repeat(101) });
    expect(answer.json).toMatchObject({
      overLimit: { message: 'Request is too large. Larger than max_request_body_size (100).' },
    });
  });
});

describe('an observer', () => {
  const seen: AnsweredRequest[] = [];
  const fixture = useCloud({ api: { answered: (request) => void seen.push(request) } });
  const question = { token: 'member', version: '2.6' };

  it.each<[string, () => Promise<unknown>, string | undefined, number]>([
    ['an operation', () => fixture.api.post(PATH, { ...question, body: BODY }), 'createRemoteConsole', 200],
    ['one without a token', () => fixture.api.post(PATH, { body: BODY }), 'createRemoteConsole', 401],
    ['one of the actions', () => action({ 'os-getConsoleOutput': {} }), 'os-getConsoleOutput', 200],
    ['an action that is none', () => action({ 'os-nothing': {} }), undefined, 400],
    ['a path that is none', () => fixture.api.post('/v2.1/nowhere', question), undefined, 404],
  ])('is told of %s', async (_what, ask, operation, status) => {
    seen.length = 0;
    await ask();
    expect(seen).toContainEqual({ operation, status, duration: expect.any(Number) });
  });

  const action = (body: object) =>
    fixture.api.post(`/v2.1/servers/${SERVERS.everything.id}/action`, { ...question, body });
});

describe('inside of another application', () => {
  it('works beside its pages, below a prefix and without createHttpServer', async () => {
    const cloud = await startCloud({
      mount: '/compute',
      before: (request, response, next) => {
        if (request.path === '/page') response.send('a page');
        else next();
      },
      plainServer: true,
    });
    expect(await (await fetch(`${cloud.url}/page`)).text()).toBe('a page');
    const response = await fetch(`${cloud.url}/compute${PATH.replace('/v2.1', `/v2.1/${PROJECT}`)}`, {
      method: 'POST',
      headers: { 'X-Auth-Token': 'member', 'OpenStack-API-Version': 'compute 2.6' },
      body: JSON.stringify(BODY),
    });
    expect(await response.json()).toMatchObject({
      remote_console: { url: expect.stringContaining(BASES.novnc) },
    });
    await cloud.close();
  });

  it('says why it cannot read a body that a parser has taken', async () => {
    const cloud = await startCloud({ before: express.json() });
    const response = await fetch(`${cloud.url}${PATH}`, {
      method: 'POST',
      headers: {
        'X-Auth-Token': 'member',
        'OpenStack-API-Version': 'compute 2.6',
        'Content-Type': 'application/json',
      },
      body: JSON.stringify(BODY),
    });
    expect(response.status).toBe(500);
    const error = cloud.log.find(({ level }) => level === 'error')?.fields['err'];
    expect(error).toMatchObject({ message: expect.stringContaining('mount the API before any body parser') });
    await cloud.close();
  });
});
