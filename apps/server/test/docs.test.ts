import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { configSchema, parseConfig } from 'remote-consoles';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runProgram, runServerProgram } from './run-server.js';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

interface Example {
  readonly file: string;
  readonly language: string;
  readonly code: string;
}

async function examplesOf(...files: string[]): Promise<Example[]> {
  const texts = await Promise.all(
    files.map(async (file) => ({ file, text: await readFile(join(ROOT, file), 'utf8') })),
  );
  return texts.flatMap(({ file, text }) =>
    [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = '', code = '']) => ({
      file,
      language,
      code,
    })),
  );
}

const documents = [
  'README.md',
  ...(await readdir(join(ROOT, 'docs'))).filter((name) => name.endsWith('.md')).map((name) => `docs/${name}`),
];
const examples = await examplesOf(...documents);

// Examples run from a folder of the app, so that they find the packages as its own files do.
let folder = '';
beforeAll(async () => {
  const parent = join(ROOT, 'apps/server/test-artifacts');
  await mkdir(parent, { recursive: true });
  folder = await mkdtemp(join(parent, 'docs-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** Compiles an example as strictly as our own code. */
async function compile(code: string, name: string): Promise<string> {
  const settings = {
    extends: join(ROOT, 'tsconfig.base.json'),
    compilerOptions: {
      rootDir: '.',
      outDir: '.',
      declaration: false,
      declarationMap: false,
      sourceMap: false,
    },
    files: [`${name}.ts`],
  };
  await writeFile(join(folder, `${name}.ts`), code);
  await writeFile(join(folder, `${name}.json`), JSON.stringify(settings));
  await run(join(ROOT, 'node_modules/.bin/tsc'), ['-p', join(folder, `${name}.json`)]).catch((error) => {
    throw new Error(`the example does not compile:\n${error.stdout}`);
  });
  return join(folder, `${name}.js`);
}

const only = (file: string, language: string) =>
  examples.filter((example) => example.file === file && example.language === language);

describe('the documentation', () => {
  it('links to files that exist', async () => {
    for (const file of documents) {
      const text = await readFile(join(ROOT, file), 'utf8');
      for (const [, target = ''] of text.matchAll(/\]\((?!https?:)([^)#]+)/g)) {
        await expect(readFile(join(ROOT, file, '..', target)).catch((error) => error.code)).resolves.not.toBe(
          'ENOENT',
        );
      }
    }
  });

  it('has configuration examples that pass the check', async () => {
    const yaml = examples.filter(({ language }) => language === 'yaml');
    expect(yaml.length).toBeGreaterThan(3);
    for (const { file, code } of yaml) {
      const hypervisors = /^hypervisors:/m.test(code) ? '' : 'hypervisors: [{ name: hv, module: m }]\n';
      expect(() => parseConfig(hypervisors + code, file)).not.toThrow();
    }
  });

  it('names every key of the configuration', async () => {
    const text = await readFile(join(ROOT, 'docs/configuration.md'), 'utf8');
    const documented = new Set([...text.matchAll(/^\| `([^`]+)`/gm)].map(([, key = '']) => key));
    const properties = (schema: object) => Object.keys((schema as { shape: object }).shape);
    for (const key of properties(configSchema)) {
      const covered = [...documented].some(
        (name) => name === key || name.startsWith(`${key}.`) || name.startsWith(`${key}[]`),
      );
      expect(covered, `docs/configuration.md says nothing of ${key}`).toBe(true);
    }
  });

  it('embeds core as docs/embedding.md says', async () => {
    const [example] = only('docs/embedding.md', 'ts');
    const { stdout } = await run(process.execPath, [await compile(example?.code ?? '', 'embedding')]);
    expect(stdout).toMatch(/https:\/\/consoles\.example\.org\/vnc_lite\.html\?path=%3Ftoken%3D[0-9a-f-]{36}/);
    expect(stdout).toContain("action: 'console.redeem'");
  });

  it('writes an adapter as docs/adapters.md says, which the app then loads', async () => {
    const [adapter, diagnosis] = only('docs/adapters.md', 'ts');
    await compile(diagnosis?.code ?? '', 'diagnosis');
    const [configuration] = only('docs/adapters.md', 'yaml');
    await compile(adapter?.code ?? '', 'one-machine');
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
    const auth =
      'auth: { options: { tokens: [{ token: a-token-of-ours, user: u, project: p, roles: [admin] }] } }\n';
    await writeFile(join(folder, 'consoles.yaml'), auth + configuration?.code);
    const { code, stderr } = await runProgram(['check-config', '--config', join(folder, 'consoles.yaml')]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('answers the curl line of the README as it says', async () => {
    const [request] = only('README.md', 'sh').filter(({ code }) => code.startsWith('curl'));
    const [answer] = only('README.md', 'json');
    const demo = await runServerProgram(['demo', '--listen', '127.0.0.1:18776'], 'Stop with Ctrl-C');
    try {
      const line = (request?.code ?? '').replaceAll('127.0.0.1:8774', '127.0.0.1:18776');
      const { stdout } = await run('sh', ['-c', line]);
      const shape = (text: string) =>
        text.replace(/:(18776|8774)\//, '/').replace(/[0-9a-f-]{36}|…/, 'TOKEN');
      expect(JSON.parse(shape(stdout))).toEqual(JSON.parse(shape(answer?.code ?? '')));
    } finally {
      await demo.stop();
    }
  });

  it('has a systemd unit that systemd takes, and that gives away little', async (context) => {
    const installed = await run('systemd-analyze', ['--version']).catch(() => undefined);
    if (!installed && process.env['CI'] !== 'true') context.skip('systemd-analyze is not installed');
    const [unit] = only('docs/deployment.md', 'ini');
    const file = join(folder, 'remote-consoles.service');
    await writeFile(file, (unit?.code ?? '').replace('/usr/bin/node', process.execPath));
    const { stdout, stderr } = await run('systemd-analyze', ['verify', '--man=no', file]);
    expect(stdout + stderr).toBe('');
    const exposure = await run('systemd-analyze', ['security', '--offline=true', '--threshold=20', file]);
    expect(exposure.stdout).toContain('Overall exposure level');
  });

  it('shows what the doctor says of the demo', async () => {
    const demo = await readFile(join(ROOT, 'apps/server/demo.yaml'), 'utf8');
    const config = join(folder, 'demo.yaml');
    await writeFile(
      config,
      demo.replace('127.0.0.1:8774', '127.0.0.1:18777').replace('level: warn', 'level: info'),
    );
    const [command] = only('docs/doctor.md', 'sh');
    const [shown] = only('docs/doctor.md', 'text');
    const args = (command?.code ?? '').trim().split(' ').slice(1);
    const server = await runServerProgram(['serve', '--config', config], '"msg":"ready"');
    try {
      const { code, stdout } = await runProgram(args.map((arg) => (arg.endsWith('.yaml') ? config : arg)));
      const shape = (text: string) =>
        text.replace(/ +[\d.]+ ms/g, ' MS').replace(/\b(18777|8774)( *)/g, 'PORT ');
      expect(shape(stdout)).toBe(shape(shown?.code ?? ''));
      expect(code).toBe(1);
    } finally {
      await server.stop();
    }
  });

  it('names only npm scripts and commands that exist', async () => {
    const { scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as { scripts: object };
    const contributing = await examplesOf('CONTRIBUTING.md');
    for (const { code } of [...examples, ...contributing].filter(({ language }) => language === 'sh')) {
      for (const [, script = ''] of code.matchAll(/^npm (?:run )?(\w+)/gm))
        expect(scripts).toHaveProperty(script);
    }
    const { stdout } = await runProgram(['--help']);
    const readme = await readFile(join(ROOT, 'README.md'), 'utf8');
    for (const [, command = ''] of readme.matchAll(/`remote-consoles ([a-z-]+)/g))
      expect(stdout).toContain(command);
  });
});
