import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type ConnectionEvents, ConsoleSession, type ConsoleState } from './console-session.js';
import { explainRefusal } from './explanation.js';

interface Opened {
  readonly token: string;
  readonly events: ConnectionEvents;
  closed: boolean;
}

let opened: Opened[];
let states: ConsoleState[];
let whyRefused: ReturnType<typeof vi.fn<() => Promise<ReturnType<typeof explainRefusal>>>>;

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
  opened = [];
  states = [];
  whyRefused = vi.fn(async () => explainRefusal({ status: 401, code: 'token-invalid' }));
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

function session(token: string | undefined = 'abc'): ConsoleSession {
  return new ConsoleSession(token, {
    open(given, events) {
      const connection: Opened = { token: given, events, closed: false };
      opened.push(connection);
      return {
        close: () => {
          connection.closed = true;
        },
      };
    },
    whyRefused: () => whyRefused(),
    show: (state) => states.push(state),
  });
}

const latest = () => opened.at(-1) ?? expect.fail('nothing was opened');
const shown = () => states.map(({ kind }) => kind);
const settle = () => vi.advanceTimersByTimeAsync(0);

describe('a console session', () => {
  it('connects with the token', () => {
    session().connect();
    latest().events.connected();
    expect(latest().token).toBe('abc');
    expect(shown()).toEqual(['connecting', 'connected']);
  });

  it('opens nothing without a token', () => {
    new ConsoleSession(undefined, {
      open: () => expect.fail('opened'),
      whyRefused,
      show: (s) => states.push(s),
    }).connect();
    expect(states).toMatchObject([{ kind: 'over', explanation: { next: 'ask-again' } }]);
  });

  it('asks why when the socket never opened', async () => {
    session().connect();
    latest().events.ended({ kind: 'never-opened' });
    await settle();
    expect(whyRefused).toHaveBeenCalledOnce();
    expect(states.at(-1)).toMatchObject({ kind: 'over', explanation: { details: ['401 token-invalid'] } });
    expect(latest().closed).toBe(true);
  });

  it('does not ask why when the close says it', async () => {
    session().connect();
    latest().events.connected();
    latest().events.ended({ kind: 'closed', code: 4001, reason: 'stopped' });
    await settle();
    expect(whyRefused).not.toHaveBeenCalled();
    expect(states.at(-1)).toMatchObject({
      kind: 'over',
      explanation: { title: 'The machine stopped running.' },
    });
  });

  it('tries again by itself after a restart of the gateway, showing when', async () => {
    session().connect();
    latest().events.connected();
    latest().events.ended({ kind: 'closed', code: 1001, reason: '' });
    await settle();
    expect(states.at(-1)).toMatchObject({
      kind: 'waiting',
      attempt: 1,
      attempts: 6,
      until: Date.now() + 1000,
    });
    await vi.advanceTimersByTimeAsync(1000);
    expect(opened).toHaveLength(2);
    latest().events.connected();
    expect(shown()).toEqual(['connecting', 'connected', 'waiting', 'connecting', 'connected']);
  });

  it('gives up after six attempts, also when each of them connects for a moment', async () => {
    session().connect();
    for (let round = 0; round < 7; round++) {
      latest().events.connected();
      latest().events.ended({ kind: 'closed', code: 1001, reason: '' });
      await vi.advanceTimersByTimeAsync(30_000);
    }
    expect(opened).toHaveLength(7);
    expect(states.at(-1)?.kind).toBe('over');
  });

  it('counts afresh after a connection that lasted', async () => {
    session().connect();
    for (let round = 0; round < 20; round++) {
      latest().events.connected();
      await vi.advanceTimersByTimeAsync(60_000);
      latest().events.ended({ kind: 'closed', code: 1001, reason: '' });
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(opened).toHaveLength(21);
  });

  it('stops at once when the gateway comes back and says that the token is spent', async () => {
    session().connect();
    latest().events.connected();
    latest().events.ended({ kind: 'closed', code: 1006, reason: '' });
    await vi.advanceTimersByTimeAsync(1000);
    latest().events.ended({ kind: 'never-opened' });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(opened).toHaveLength(2);
    expect(states.at(-1)).toMatchObject({ kind: 'over', explanation: { next: 'ask-again' } });
  });

  it('keeps the reason when the person stops the waiting', async () => {
    const waiting = session();
    waiting.connect();
    latest().events.ended({ kind: 'closed', code: 1006, reason: '' });
    await settle();
    waiting.stopWaiting();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(opened).toHaveLength(1);
    expect(states.at(-1)).toMatchObject({
      kind: 'over',
      explanation: { title: 'The connection was lost.', next: 'reconnect' },
    });
  });

  it('gives up on a console that does not open', async () => {
    session().connect();
    await vi.advanceTimersByTimeAsync(40_000);
    expect(latest().closed).toBe(true);
    expect(states.at(-1)).toMatchObject({
      kind: 'over',
      explanation: { title: 'The console took too long to open.' },
    });
  });

  it('ends when told to, and hears no more of that connection', async () => {
    const ending = session();
    ending.connect();
    latest().events.connected();
    ending.disconnect();
    latest().events.ended({ kind: 'closed', code: 1006, reason: '' });
    latest().events.connected();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(latest().closed).toBe(true);
    expect(shown()).toEqual(['connecting', 'connected', 'over']);
  });

  it('forgets an answer to why that comes after the person tried again', async () => {
    let answer: (value: ReturnType<typeof explainRefusal>) => void = () => undefined;
    whyRefused.mockReturnValueOnce(
      new Promise((resolve) => {
        answer = resolve;
      }),
    );
    const impatient = session();
    impatient.connect();
    latest().events.ended({ kind: 'never-opened' });
    impatient.connect();
    latest().events.connected();
    answer(explainRefusal({ status: 500 }));
    await settle();
    expect(states.at(-1)?.kind).toBe('connected');
  });
});
