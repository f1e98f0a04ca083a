import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';

const MODULE = new URL('../dist/log/standard-output.js', import.meta.url).href;
const ROUNDS = 5_000;

it('writes every line whole and in order, those of the turn in which the process ends too', () => {
  const program = `
    import { standardOutput } from '${MODULE}';
    let round = 0;
    const turn = () => {
      for (let line = 0; line < 3; line++) standardOutput.write(round + '.' + line + ' ' + 'x'.repeat(90) + '\\n');
      if (++round === ${ROUNDS}) process.exit(0);
      setImmediate(turn);
    };
    turn();`;
  const text = execFileSync(process.execPath, ['--input-type=module', '-e', program], {
    encoding: 'utf8',
    maxBuffer: 10_000_000,
  });
  const expected = Array.from(
    { length: ROUNDS * 3 },
    (_, n) => `${Math.floor(n / 3)}.${n % 3} ${'x'.repeat(90)}`,
  );
  expect(text.trimEnd().split('\n')).toEqual(expected);
});
