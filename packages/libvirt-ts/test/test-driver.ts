import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** The domain of libvirt's built-in `test:///default`. */
export const testDomain = { uuid: '6695eb01-f6a4-8304-79aa-97f2502e193f', name: 'test' };

export const displayDomain = { uuid: '00000000-0000-4000-8000-0000000000a2', name: 'display' };

/** The URI of a hypervisor of libvirt's test driver that has these domains and, if given, this user. */
export function testDriverUri({
  auth = '',
  graphics = '',
}: {
  auth?: string;
  graphics?: string;
} = {}): string {
  const directory = mkdtempSync(join(tmpdir(), 'libvirt-ts-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const file = join(directory, 'node.xml');
  writeFileSync(
    file,
    `<node>${auth}
      <domain type='test'>
        <name>${displayDomain.name}</name><uuid>${displayDomain.uuid}</uuid>
        <memory>65536</memory><vcpu>3</vcpu><os><type>hvm</type></os>
        <devices>${graphics}<serial type='pty'/></devices>
      </domain>
    </node>`,
  );
  return `test://${file}`;
}
