import { ConsoleError } from '@remote-consoles/core';
import { describe, expect, it } from 'vitest';
import { ViewerLeft } from './opening.js';
import { RecentRefusals } from './recent-refusals.js';

const TOKEN = '5c8e8f7a-7a3a-4b57-8f6e-0f8d9c1b2a3d';
const refused = new ConsoleError('console-refused', 'the certificate is not the pinned one');
const told = { status: 502, code: 'console-refused', message: 'the certificate is not the pinned one' };

describe('a refusal', () => {
  it('is told once, to who has the token', () => {
    const recent = new RecentRefusals(() => 0);
    recent.keep(TOKEN, refused);
    expect(recent.take('00000000-0000-4000-8000-000000000000')).toBeUndefined();
    expect(recent.take(TOKEN.toUpperCase())).toEqual(told);
    expect(recent.take(TOKEN)).toBeUndefined();
  });

  it('is forgotten after 15 s, and when the console opens', () => {
    let now = 0;
    const recent = new RecentRefusals(() => now);
    recent.keep(TOKEN, refused);
    now = 15_000;
    expect(recent.take(TOKEN)).toBeUndefined();
    recent.keep(TOKEN, refused);
    recent.forget(TOKEN);
    expect(recent.take(TOKEN)).toBeUndefined();
  });

  it('gives way to the next of the same token', () => {
    const recent = new RecentRefusals(() => 0);
    recent.keep(TOKEN, refused);
    recent.keep(TOKEN, new ConsoleError('token-spent', 'used'));
    expect(recent.take(TOKEN)).toMatchObject({ code: 'token-spent' });
    expect(recent.size).toBe(0);
  });

  it('is not kept for a token that does not exist, nor for a viewer that left', () => {
    const recent = new RecentRefusals(() => 0);
    recent.keep(TOKEN, new ConsoleError('token-invalid', 'no'));
    recent.keep(TOKEN, new ViewerLeft('viewer-left'));
    expect(recent.size).toBe(0);
  });

  it('of an error of ours says no more than that', () => {
    const recent = new RecentRefusals(() => 0);
    recent.keep(TOKEN, new Error('secret'));
    expect(recent.take(TOKEN)).toEqual({ status: 500, code: 'internal', message: 'internal error' });
  });
});

it('a thousand are kept, the newest', () => {
  const recent = new RecentRefusals(() => 0);
  for (let n = 0; n < 1_100; n++) recent.keep(`token-${n}`, refused);
  expect(recent.size).toBe(1_000);
  expect(recent.take('token-99')).toBeUndefined();
  expect(recent.take('token-100')).toEqual(told);
});
