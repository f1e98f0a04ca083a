// Who may know whom: fails on an import between packages, or a dependency, that the table below does not have.
// pnpm already keeps a package from importing what its package.json does not name; this reads those names.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './workspace.mjs';

const own = (...names) =>
  names.map((name) => (name.includes('libvirt-ts') ? name : `@remote-consoles/${name}`));

/** Packages of this workspace that each package may depend on at run time. Whoever is not here may know nobody. */
export const ALLOWED = {
  '@remote-consoles/core': [],
  '@remote-consoles/testkit': own('core'),
  'libvirt-ts': [],
  '@remote-consoles/rfb': [],
  '@remote-consoles/ntlm': [],
  '@remote-consoles/rdp-tunnel': own('ntlm'),
  '@remote-consoles/soap-xml': [],
  '@remote-consoles/png': [],
  '@remote-consoles/option-schema': [],
  '@remote-consoles/adapter-libvirt': own('core', 'option-schema', 'libvirt-ts', 'png'),
  '@remote-consoles/adapter-memory': own('core', 'option-schema', 'png', 'rfb'),
  '@remote-consoles/adapter-hyperv': own('core', 'option-schema', 'ntlm', 'soap-xml'),
  '@remote-consoles/adapter-vmware': own('core', 'option-schema', 'soap-xml'),
  '@remote-consoles/token-store-memory': own('core', 'option-schema'),
  '@remote-consoles/token-store-redis': own('core', 'option-schema'),
  '@remote-consoles/auth-static': own('core', 'option-schema'),
  '@remote-consoles/auth-keystone': own('core', 'option-schema'),
  '@remote-consoles/auth-oidc': own('core', 'option-schema'),
  '@remote-consoles/http-api': own('core'),
  '@remote-consoles/client': [],
  '@remote-consoles/gateway': own('core', 'rfb', 'rdp-tunnel'),
  '@remote-consoles/viewer': [],
};

/** Third-party packages that only these packages may use. */
export const RESERVED = {
  inversify: ['remote-consoles'],
  'reflect-metadata': ['remote-consoles'],
  express: ['@remote-consoles/http-api'],
  zod: ['@remote-consoles/option-schema'],
};

/** What is wrong with these manifests, a line each. */
export function boundaryProblems(manifests) {
  const names = new Set(manifests.map((manifest) => manifest.name));
  return manifests.flatMap((manifest) => {
    const dependencies = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies });
    return dependencies.flatMap((dependency) => problemsOf(manifest, dependency, names));
  });
}

function problemsOf(manifest, dependency, names) {
  const problems = [];
  const app = manifest.folder.startsWith('apps/');
  if (names.has(dependency) && !app && !(ALLOWED[manifest.name] ?? []).includes(dependency)) {
    problems.push(`${manifest.folder}: ${manifest.name} must not know ${dependency}`);
  }
  if (manifest.name === '@remote-consoles/core')
    problems.push(`${manifest.folder}: core has no dependencies, not even ${dependency}`);
  if (RESERVED[dependency] && !RESERVED[dependency].includes(manifest.name)) {
    problems.push(`${manifest.folder}: ${dependency} belongs to ${RESERVED[dependency].join(' and ')}`);
  }
  return problems;
}

/** Imports in core's source of anything but core's own files. The compiler knows no types of others, but `import()` would pass. */
export function coreImportProblems(files) {
  return files.flatMap(({ file, text }) =>
    [...text.matchAll(/(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)]
      .filter(([, specifier]) => !specifier.startsWith('.'))
      .map(([, specifier]) => `${file}: core must not import ${specifier}`),
  );
}

function readManifests() {
  return ['packages', 'apps'].flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => ({
      ...JSON.parse(readFileSync(join(root, folder, name, 'package.json'), 'utf8')),
      folder: `${folder}/${name}`,
    })),
  );
}

function readCore() {
  const folder = 'packages/core/src';
  return readdirSync(join(root, folder), { recursive: true })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => ({ file: `${folder}/${name}`, text: readFileSync(join(root, folder, name), 'utf8') }));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const manifests = readManifests();
  const problems = [...boundaryProblems(manifests), ...coreImportProblems(readCore())];
  for (const problem of problems) console.error(problem);
  console.log(`boundaries: ${manifests.length} packages, ${problems.length} problems`);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
