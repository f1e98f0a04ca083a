import { describe, expect, it } from 'vitest';
import { createLogger } from './logger.js';

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
});
