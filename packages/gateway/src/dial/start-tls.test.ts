import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { StreamUpstream } from '../relay/stream-upstream.js';
import { startTls } from './start-tls.js';

const never = new AbortController().signal;

describe('startTls', () => {
  it('does not wait for a peer that has hung up', async () => {
    const plain = new PassThrough();
    plain.end().resume();
    await new Promise((resolve) => plain.once('end', resolve));
    const started = startTls(new StreamUpstream(plain), {}, never);
    await expect(started).rejects.toMatchObject({ code: 'console-unreachable' });
    expect(plain.destroyed).toBe(true);
  });

  it('closes the connection when it is given up', async () => {
    const plain = new PassThrough();
    const giveUp = new AbortController();
    const closed = new Promise((resolve) => plain.once('close', resolve));
    const started = startTls(new StreamUpstream(plain), {}, giveUp.signal);
    giveUp.abort(new Error('late'));
    await expect(started).rejects.toThrow('late');
    await closed;
  });
});
