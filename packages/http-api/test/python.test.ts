import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requestSchemaAt } from '../src/remote-consoles/remote-consoles-schema.js';
import { parseJsonBody } from '../src/request/json-body.js';
import { parsePythonJson } from '../src/schema/python-json.js';
import { pythonRepr } from '../src/schema/python-repr.js';
import { hasOpenstackParts } from './fixtures/openstack-parts.js';

const PYTHON = '/usr/bin/python3';
const present = hasOpenstackParts();

function python(script: string, input: string): string {
  return execFileSync(PYTHON, ['-c', script], { input, encoding: 'utf8', env: { LANG: 'C.UTF-8' } });
}

/** JSON texts with numbers in every spelling, which JSON.stringify alone would not write. */
const number = fc.oneof(
  fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }).map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
  fc
    .tuple(fc.integer({ min: -999, max: 999 }), fc.integer({ min: -30, max: 30 }))
    .map(([m, e]) => `${m}.0e${e}`),
  fc.constantFrom('0', '-0', '-0.0', '1e400', '-1E400', '1.0', '100e0'),
);
/** Characters of every kind, but none whose kind depends on the version of Unicode (nor halves that could pair up to one). */
const character = fc
  .oneof(
    ...(
      [
        [0x00, 0x24f],
        [0x2000, 0x206f],
        [0x4e00, 0x4e40],
        [0xdc00, 0xdfff],
        [0xe000, 0xe010],
        [0xfeff, 0xfeff],
        [0x1f600, 0x1f640],
        [0xe0001, 0xe0001],
        [0x10ffff, 0x10ffff],
      ] as const
    ).map(([min, max]) => fc.integer({ min, max })),
  )
  .map((code) => String.fromCodePoint(code));
const string = fc.string({ unit: character, maxLength: 12 }).map((text) => JSON.stringify(text));
const { json } = fc.letrec<{ json: string }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom('null', 'true', 'false'),
    number,
    string,
    fc.array(tie('json'), { maxLength: 4 }).map((items) => `[${items.join(', ')}]`),
    fc
      .array(fc.tuple(string, tie('json')), { maxLength: 4 })
      .map((entries) => `{${entries.map(([key, value]) => `${key}: ${value}`).join(', ')}}`),
  ),
}));

describe.runIf(present)('beside Python', () => {
  it('writes values as repr does', () => {
    const texts = fc.sample(json, 3000);
    const script =
      'import json, sys\nfor line in json.load(sys.stdin): print(json.dumps(repr(json.loads(line))))';
    const theirs = python(script, JSON.stringify(texts)).trimEnd().split('\n');
    texts.forEach((text, at) => {
      const repr: string = JSON.parse(theirs[at] ?? '');
      if (repr.length < 1024) expect(pythonRepr(parsePythonJson(text)), text).toBe(repr);
    });
  });

  it('finds the same first mistake as jsonschema, in the same words', () => {
    const version = { major: 2, minor: 99 };
    const member = fc.oneof(
      { weight: 2, arbitrary: fc.constantFrom('"vnc"', '"novnc"', '"webmks"') },
      { weight: 1, arbitrary: json },
    );
    const object = (keys: readonly string[], values: fc.Arbitrary<string>) =>
      fc
        .array(fc.tuple(fc.constantFrom(...keys), values), { maxLength: 4 })
        .map((entries) => `{${entries.map(([key, value]) => `"${key}": ${value}`).join(', ')}}`);
    const inner = object(['protocol', 'type', 'foo', 'bar', '__proto__', 'toString'], member);
    const body = fc.oneof(
      object(['remote_console', 'extra', 'other'], fc.oneof({ weight: 4, arbitrary: inner }, json)),
      json,
    );
    const texts = fc.sample(body, 3000);
    const script = `
import json, sys
import jsonschema
question = json.load(sys.stdin)
validator = jsonschema.Draft4Validator(question['schema'])
for line in question['texts']:
    error = next(validator.iter_errors(json.loads(line)), None)
    if error is None:
        message = None
    elif len(error.path) == 0:
        message = error.message
    else:
        message = 'Invalid input for field/attribute %s. Value: %s. %s' % (error.path.pop(), error.instance, error.message)
    print(json.dumps(message))
`;
    const { schema } = requestSchemaAt(version);
    const theirs = python(script, JSON.stringify({ schema, texts })).trimEnd().split('\n');
    texts.forEach((text, at) => {
      expect(sortedExtras(ourMessage(text)), text).toBe(sortedExtras(JSON.parse(theirs[at] ?? '')));
    });

    function ourMessage(text: string): string | null {
      try {
        requestSchemaAt(version).parseBody(parseJsonBody(Buffer.from(text)));
        return null;
      } catch (error) {
        return (error as Error).message;
      }
    }
  });
});

/** Older jsonschema lists unexpected properties as they come, newer ones (and we) sort them. */
function sortedExtras(message: string | null): string | null {
  return (
    message?.replace(/\((.*) were unexpected\)$/, (_, names: string) =>
      names.split(', ').sort().join(', '),
    ) ?? null
  );
}
