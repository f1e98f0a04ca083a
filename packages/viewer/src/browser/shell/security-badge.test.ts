import { expect, it } from 'vitest';
import { linkSecurity } from './security-badge.js';

it.each([
  ['https://console.example/', true, 'Encrypted'],
  ['http://127.0.0.1:8774/', true, 'Local'],
  ['http://localhost/', true, 'Local'],
  ['http://[::1]:1/', true, 'Local'],
  ['http://console.example/', false, 'Not encrypted'],
  ['http://127.0.0.1.evil.example/', false, 'Not encrypted'],
  ['http://localhost.evil.example/', false, 'Not encrypted'],
])('%s', (page, safe, label) => {
  expect(linkSecurity(new URL(page))).toMatchObject({ safe, label });
});
