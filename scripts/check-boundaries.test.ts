import { describe, expect, it } from 'vitest';
import { boundaryProblems, coreImportProblems } from './check-boundaries.mjs';

const manifest = (name: string, dependencies: string[] = [], folder = `packages/${name}`) => ({
  name,
  folder,
  dependencies: Object.fromEntries(dependencies.map((dependency) => [dependency, '1.0.0'])),
});

describe('the boundary check', () => {
  const core = manifest('@remote-consoles/core');
  const libvirt = manifest('@remote-consoles/adapter-libvirt', ['@remote-consoles/core']);

  it('passes the arrows of the table', () => {
    expect(boundaryProblems([core, libvirt])).toEqual([]);
  });

  it('refuses an adapter that knows another adapter', () => {
    const memory = manifest('@remote-consoles/adapter-memory', ['@remote-consoles/adapter-libvirt']);
    expect(boundaryProblems([core, libvirt, memory])).toHaveLength(1);
  });

  it('refuses any dependency of core', () => {
    expect(boundaryProblems([manifest('@remote-consoles/core', ['ajv'])])).toHaveLength(1);
  });

  it('refuses inversify outside the composition roots', () => {
    expect(boundaryProblems([manifest('@remote-consoles/gateway', ['inversify'])])).toHaveLength(1);
    expect(boundaryProblems([manifest('remote-consoles', ['inversify'], 'apps/server')])).toEqual([]);
  });

  it('gives a package that the table does not know no arrows at all', () => {
    expect(
      boundaryProblems([core, manifest('@remote-consoles/newcomer', ['@remote-consoles/core'])]),
    ).toHaveLength(1);
  });

  it('refuses imports that core could hide from its manifest', () => {
    const files = [
      { file: 'a.ts', text: "import { x } from './b.js';\nimport fs from 'node:fs';" },
      { file: 'b.ts', text: "export const x = await import('ajv');" },
    ];
    expect(coreImportProblems(files)).toEqual([
      'a.ts: core must not import node:fs',
      'b.ts: core must not import ajv',
    ]);
  });
});
