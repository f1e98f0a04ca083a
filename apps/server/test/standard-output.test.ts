import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { expect, it } from 'vitest';

const FOLDER = fileURLToPath(new URL('..', import.meta.url));
const ROUNDS = 5_000;

/** Bundled for the program alone: what is shipped has it inside of something larger. */
async function standardOutput(): Promise<string> {
  const bundle = await rolldown({ input: 'src/log/standard-output.ts', cwd: FOLDER, external: ['pino'] });
  const { output } = await bundle.generate({ format: 'esm' });
  return output[0].code;
}

it('writes every line whole and in order, those of the turn in which the process ends too', async () => {
  const program = `
    ${await standardOutput()}
    let round = 0;
    const turn = () => {
      for (let line = 0; line < 3; line++) standardOutput.write(round + '.' + line + ' ' + 'x'.repeat(90) + '\\n');
      if (++round === ${ROUNDS}) process.exit(0);
      setImmediate(turn);
    };
    turn();`;
  const text = execFileSync(process.execPath, ['--input-type=module', '-e', program], {
    cwd: FOLDER,
    encoding: 'utf8',
    maxBuffer: 10_000_000,
  });
  const expected = Array.from(
    { length: ROUNDS * 3 },
    (_, n) => `${Math.floor(n / 3)}.${n % 3} ${'x'.repeat(90)}`,
  );
  expect(text.trimEnd().split('\n')).toEqual(expected);
});
