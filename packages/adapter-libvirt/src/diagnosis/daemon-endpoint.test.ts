import { expect, it } from 'vitest';
import { daemonEndpoint } from './daemon-endpoint.js';

it.each([
  ['qemu://kvm7.example.org/system', { host: 'kvm7.example.org', port: 16_514 }],
  ['qemu+tls://kvm7:16515/system?no_verify=0', { host: 'kvm7', port: 16_515 }],
  ['qemu+tcp://user@[::1]/system', { host: '::1', port: 16_509 }],
  ['qemu+ssh://root@kvm7/system', undefined],
  ['qemu:///system', undefined],
  ['qemu+unix:///system?socket=/run/x', undefined],
  ['nonsense', undefined],
])('the daemon of %s listens at %o', (uri, endpoint) => {
  expect(daemonEndpoint(uri)).toEqual(endpoint);
});
