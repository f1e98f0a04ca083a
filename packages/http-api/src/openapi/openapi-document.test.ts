import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { useCloud } from '../../test/fixtures/use-cloud.js';
import { loggedUrl } from '../access-log/logged-url.js';

const UUID = '11111111-1111-4111-8111-111111111111';
const fixture = useCloud();

interface Described {
  readonly paths: Readonly<Record<string, Readonly<Record<string, object>>>>;
}

async function documentOf(): Promise<Described> {
  return (await fixture.api.get('/openapi.json')).json as Described;
}

function* objectsIn(value: unknown): Generator<Readonly<Record<string, unknown>>> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield value as Readonly<Record<string, unknown>>;
  for (const member of Object.values(value)) yield* objectsIn(member);
}

describe('GET /openapi.json', () => {
  it('has no path that the log would mask, but for projects and tokens', async () => {
    const { paths } = await documentOf();
    const secret = /\{(?:project_id|console_token|console_id)\}/g;
    for (const path of Object.keys(paths)) {
      const shown = path.replace(secret, '***').replaceAll(/\{\w+\}/g, UUID);
      expect(loggedUrl(path.replace(secret, 'x').replaceAll(/\{\w+\}/g, UUID))).toBe(shown);
    }
  });

  it('describes every path of the API', async () => {
    const { paths } = await documentOf();
    expect(
      Object.entries(paths).map(
        ([path, item]) =>
          `${path} ${Object.keys(item)
            .filter((key) => key !== 'parameters')
            .join()}`,
      ),
    ).toEqual([
      '/ get',
      '/openapi.json get',
      '/v2.1 get',
      '/v2.1/ get',
      '/v2.1/{project_id} get',
      '/v2.1/{project_id}/ get',
      ...[
        '/servers/{server_id}/remote-consoles post',
        '/servers/{server_id}/action post',
        '/servers get',
        '/servers/detail get',
        '/servers/{server_id} get',
        '/os-console-auth-tokens/{console_token} get',
        '/servers/{server_id}/consoles get,post',
        '/servers/{server_id}/consoles/{console_id} get',
      ].flatMap((path) => [`/v2.1${path}`, `/v2.1/{project_id}${path}`]),
      '/console/servers/{server_id}/screenshot get',
      '/console/sessions get',
      '/console/sessions/{session_id} get,delete',
    ]);
  });

  it('is sound: references lead somewhere, names are unique, schemas compile', async () => {
    const document = await documentOf();
    const names: unknown[] = [];
    const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
    for (const node of objectsIn(document)) {
      if (typeof node['$ref'] === 'string') {
        const target = node['$ref']
          .split('/')
          .slice(1)
          .reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], document);
        expect(target, node['$ref']).toBeTypeOf('object');
      }
      if ('operationId' in node) names.push(node['operationId']);
      if (typeof node['schema'] === 'object') ajv.compile(node['schema'] as object);
    }
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain('createRemoteConsole');
  });

  it('names every parameter of a path', async () => {
    const { paths } = await documentOf();
    for (const [path, item] of Object.entries(paths)) {
      const parameters = (item['parameters'] ?? []) as readonly { readonly name: string }[];
      expect(parameters.map(({ name }) => `{${name}}`)).toEqual(path.match(/\{\w+\}/g) ?? []);
    }
  });
});
