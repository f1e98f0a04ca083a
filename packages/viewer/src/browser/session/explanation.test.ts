import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { explainClose, explainRefusal } from './explanation.js';

describe('a close code', () => {
  it.each([
    [4001, 'stopped', 'ask-again'],
    [4002, 'deleted', 'ask-again'],
    [4003, 'moved', 'ask-again'],
    [4004, 'operator', 'ask-again'],
    [4005, 'time', 'ask-again'],
    [4006, 'nobody used it', 'reconnect'],
    [4010, 'closed its console', 'reconnect'],
    [1001, 'restarting', 'retry'],
    [1006, 'lost', 'retry'],
    [1011, 'internal error', 'reconnect'],
  ])('%i has its sentence', (code, word, next) => {
    const explanation = explainClose(code, '');
    expect(explanation.title).toContain(word);
    expect(explanation.next).toBe(next);
    expect(explanation.details).toEqual([`code ${code}`]);
  });

  it('that is unknown shows the reason and the code', () => {
    expect(explainClose(4999, 'moon phase').details).toEqual(['moon phase', 'code 4999']);
  });
});

describe('a refusal', () => {
  it('is told by its code before its status', () => {
    expect(explainRefusal({ status: 401, code: 'token-spent' }).title).toContain('one use');
    expect(explainRefusal({ status: 503, code: 'gateway-draining' }).next).toBe('retry');
    expect(explainRefusal({ status: 503, code: 'hypervisor-unavailable' }).next).toBe('reconnect');
  });

  it('is told by its status where the code is missing or unknown', () => {
    expect(explainRefusal({ status: 401 }).next).toBe('ask-again');
    expect(explainRefusal({ status: 503, code: 'new-in-next-version' }).next).toBe('retry');
    const open = explainRefusal({
      status: 426,
      code: 'upgrade-required',
      message: 'open this as a WebSocket',
    });
    expect(open.advice).toContain('WebSockets');
    expect(open.details).toBeUndefined();
    expect(explainRefusal({ status: 418 }).title).toBe('The gateway refused the console.');
  });

  it('keeps the gateway’s words, the codes and the request id for an operator', () => {
    expect(
      explainRefusal({ status: 409, code: 'server-not-ready', message: 'no', requestId: 'req-1' }).details,
    ).toEqual(['no', '409 server-not-ready', 'req-1']);
  });

  it('always has a sentence and a bounded detail, whatever came', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toString')),
        fc.string({ maxLength: 2000 }),
        (status, code, message) => {
          const { title, advice, details = [] } = explainRefusal({ status, code, message });
          expect(title).toMatch(/\.$/);
          expect(advice).toMatch(/\.$/);
          for (const line of details) expect(line.length).toBeLessThanOrEqual(300);
        },
      ),
    );
  });
});
