import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseHostUri } from './host-uri.js';

describe('parseHostUri', () => {
  it.each([
    ['qemu:///system', 'qemu', undefined, true],
    ['qemu:///session?socket=/run/libvirt-sock', 'qemu', undefined, true],
    ['qemu+unix:///system?socket=/a/b://c', 'qemu', undefined, true],
    ['QEMU+UNIX:///system', 'qemu', undefined, true],
    ['qemu+ssh://root@kvm7.example.org:2222/system?no_tty=1', 'qemu', 'kvm7.example.org', false],
    ['qemu+tls://[fd00::7]:16514/system', 'qemu', 'fd00::7', false],
    ['qemu+tcp://10.0.0.7/system', 'qemu', '10.0.0.7', false],
    ['qemu://kvm7/system', 'qemu', 'kvm7', false],
    ['qemu+libssh2:///system', 'qemu', undefined, false],
    ['test:///default', 'test', undefined, true],
    ['test:///etc/node.xml', 'test', undefined, true],
  ])('%s', (text, driver, machine, localSocket) => {
    expect(parseHostUri(text)).toEqual({ text, driver, machine, localSocket });
  });

  it.each(['', 'qemu', 'qemu:/system', '/run/libvirt-sock', '://x', 'qemu+ssh:system', 'qe mu:///system'])(
    '%j is none',
    (text) => {
      expect(parseHostUri(text)).toBeUndefined();
    },
  );

  it('never fails, whatever the text', () => {
    fc.assert(fc.property(fc.string(), (text) => void parseHostUri(`qemu+ssh://${text}`)));
  });
});
