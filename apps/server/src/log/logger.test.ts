import { describe, expect, it } from 'vitest';
import { createLogger } from './logger.js';
import { redactSecrets } from './redact-secrets.js';

describe('the log', () => {
  it('redacts secrets two levels down', () => {
    const lines: string[] = [];
    const logger = createLogger('info', { write: (line) => void lines.push(line) });
    logger.info({ token: 'sesame', a: { password: 'sesame', b: { ticket: 'sesame' } } }, 'x');
    logger.info({ headers: { 'x-auth-token': 'sesame', cookie: 'sesame', accept: 'text/html' } }, 'y');
    expect(lines.join()).not.toContain('sesame');
    expect(lines.join()).toContain('[redacted]');
    expect(lines.join()).toContain('text/html');
  });

  it('redacts them in arrays and errors, and says what the error was', () => {
    const lines: string[] = [];
    const logger = createLogger('info', { write: (line) => void lines.push(line) });
    const error = Object.assign(new Error('refused'), { password: 'sesame', code: 'EPROTO' });
    logger.error({ err: error, other: error, list: [{ secret: 'sesame', at: 1 }] }, 'x');
    expect(lines.join()).not.toContain('sesame');
    const line = JSON.parse(lines.join()) as { err: object; other: object; list: object[] };
    expect(line.err).toMatchObject({
      type: 'Error',
      message: 'refused',
      code: 'EPROTO',
      password: '[redacted]',
    });
    expect(line.err).toHaveProperty('stack');
    expect(line.list).toEqual([{ secret: '[redacted]', at: 1 }]);
  });

  it('leaves what it is given as it was', () => {
    const fields = { a: { token: 'sesame', kept: [1, 2] }, bytes: Buffer.alloc(3) };
    createLogger('info', { write: () => {} }).info(fields, 'x');
    expect(fields).toEqual({ a: { token: 'sesame', kept: [1, 2] }, bytes: Buffer.alloc(3) });
    const harmless = { a: { b: { c: 1 } } };
    expect(redactSecrets(harmless)).toBe(harmless);
  });
});
