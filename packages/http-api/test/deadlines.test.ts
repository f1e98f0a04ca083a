import { expect, it } from 'vitest';
import { startCloud } from './fixtures/fixture-cloud.js';
import { speak } from './fixtures/raw-socket.js';

it.concurrent.each([
  ['headers that never end', 'GET / HTTP/1.1\r\nHost: x\r\n', 10_000],
  [
    'a body that never comes',
    'POST /v2.1/servers/x/action HTTP/1.1\r\nHost: x\r\nX-Auth-Token: member\r\nContent-Length: 9\r\n\r\n{',
    30_000,
  ],
])('%s: 408 in time', async (_what, bytes, deadline) => {
  const cloud = await startCloud();
  const started = performance.now();
  const heard = await speak(cloud.port, bytes, deadline + 10_000);
  const took = performance.now() - started;
  await cloud.close();
  expect(heard).toMatch(/^HTTP\/1\.1 408 /);
  expect(JSON.parse(heard.split('\r\n\r\n')[1] ?? '')).toEqual({
    computeFault: { code: 408, message: 'The request did not arrive in time.' },
  });
  expect(took).toBeGreaterThan(deadline - 500);
  expect(took).toBeLessThan(deadline + 7000);
});
