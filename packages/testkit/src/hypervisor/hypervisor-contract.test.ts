import {
  basicDiagnosis,
  type ConsoleConnection,
  ConsoleError,
  type ConsoleType,
  consoleNotImplemented,
  consoleTypeUnavailable,
  type DiagnosisChain,
  type DiagnosisPort,
  explainFailure,
  type HypervisorTransport,
  type LegResult,
  type Server,
  type ServerEvent,
} from '@remote-consoles/core';
import { describe, expect, it } from 'vitest';
import { failingChecks } from '../../test/failing-checks.js';
import {
  hypervisorHarness,
  PASSWORD,
  ReferenceHypervisor,
  STOPPED_SERVER,
  VNC_SERVER,
} from '../../test/reference-hypervisor.js';
import { describeHypervisorPort, hypervisorChecks } from './hypervisor-contract.js';

describeHypervisorPort('the reference', () => hypervisorHarness());

const EVERY_TYPE =
  'openConsole: every type of every running server is opened, or refused as unavailable or not implemented';
const OPENS = 'openConsole: says where the console is and what secures it';
const FINDS = 'findServer: gives the server with that id, and its facts';
const LEADS = 'diagnosis: leads to each console that can be opened';
const FIRST = 'diagnosis: takes the first console of those that would do';
const UNAVAILABLE =
  'unavailable: every question says hypervisor-unavailable in bounded time, without secrets';

/** A hypervisor whose connections are changed on their way out. */
const connectionsWith = (change: (connection: ConsoleConnection) => unknown) =>
  class extends ReferenceHypervisor {
    override async openConsole(server: Server, type: ConsoleType) {
      const connection = await super.openConsole(server, type);
      return { ...connection, ...(change(connection) as Partial<ConsoleConnection>) };
    }
  };

/** A hypervisor whose servers are changed on their way out. */
const serversWith = (change: Partial<Server>) =>
  class extends ReferenceHypervisor {
    override async findServer(id: string) {
      const server = await super.findServer(id);
      return server && { ...server, ...change };
    }
  };

/** A hypervisor whose legs are changed on their way out. */
const legsWith = (change: (result: LegResult, hypervisor: ReferenceHypervisor) => LegResult) =>
  class extends ReferenceHypervisor {
    override readonly diagnosis: DiagnosisPort = changed(basicDiagnosis(this), (result) =>
      change(result, this),
    );
  };

function changed(diagnosis: DiagnosisPort, change: (result: LegResult) => LegResult): DiagnosisPort {
  const chainOf = (chain: DiagnosisChain): DiagnosisChain => ({
    ...chain,
    legs: chain.legs.map(({ name, run }) => ({
      name,
      run: async () => change(await run().catch((error: unknown) => explainFailure(error))),
    })),
  });
  return {
    diagnoseHosts: () => diagnosis.diagnoseHosts().map(chainOf),
    diagnoseServer: (id, types) => diagnosis.diagnoseServer(id, types).map(chainOf),
  };
}

/** Each breaks one promise; the texts name checks that must notice. */
const BROKEN: readonly [string, new () => ReferenceHypervisor, readonly string[]][] = [
  [
    'has no name',
    class extends ReferenceHypervisor {
      override get name() {
        return '';
      }
    },
    ['name: is not empty'],
  ],
  [
    'fails its check',
    class extends ReferenceHypervisor {
      override async check() {
        throw new Error('not ready');
      }
    },
    ['check: resolves while the hypervisor answers'],
  ],
  ['gives seconds for ms', serversWith({ createdAt: 1_700_000_000 }), [FINDS]],
  ['makes states up', serversWith({ vmState: 'running' as Server['vmState'] }), [FINDS]],
  ['gives no project', serversWith({ projectId: '' }), [FINDS]],
  [
    'says of all servers that they are stopped',
    serversWith({ vmState: 'stopped' }),
    [
      'findServer: servers with a console sit on a host and run',
      'listServers: says of a server what findServer says of it',
    ],
  ],
  [
    'hides what is shut off',
    class extends ReferenceHypervisor {
      override async findServer(id: string) {
        const server = await super.findServer(id);
        return server?.vmState === 'stopped' ? undefined : server;
      }
    },
    [FINDS, 'findServer: a server that is shut off is found, as stopped'],
  ],
  [
    'throws for an odd id',
    class extends ReferenceHypervisor {
      override async findServer(id: string) {
        if (!/^[0-9a-f-]{36}$/.test(id)) throw new TypeError('not a UUID');
        return super.findServer(id);
      }
    },
    ['findServer: an unknown id is undefined, whatever it looks like'],
  ],
  [
    'finds by the beginning of an id',
    class extends ReferenceHypervisor {
      override async findServer(id: string) {
        this.assertUp();
        return this.servers.find((server) => id.length > 30 && server.id.startsWith(id));
      }
    },
    ['findServer: an id that only begins or ends like a known one is unknown'],
  ],
  [
    'mixes up answers that are under way together',
    class extends ReferenceHypervisor {
      #wanted = '';
      override async findServer(id: string) {
        this.#wanted = id;
        await new Promise((resolve) => setImmediate(resolve));
        return super.findServer(this.#wanted);
      }
    },
    ['findServer: many at once are told apart'],
  ],
  [
    'lists a server twice',
    class extends ReferenceHypervisor {
      override async listServers() {
        const servers = await super.listServers();
        return [...servers, ...servers];
      }
    },
    ['listServers: lists every known server once, with its facts'],
  ],
  ['opens port 0', connectionsWith(() => ({ transport: { kind: 'tcp', host: 'h', port: 0 } })), [OPENS]],
  ['opens another server’s console', connectionsWith(() => ({ serverId: STOPPED_SERVER })), [OPENS]],
  [
    'opens a relative socket',
    connectionsWith(() => ({ transport: { kind: 'unix', path: 'run/x' } })),
    [OPENS],
  ],
  [
    'opens a page for a socket',
    connectionsWith(() => ({ transport: { kind: 'websocket', url: 'http://h/' } })),
    [OPENS],
  ],
  ['secures serial with RFB', connectionsWith(() => ({ security: { kind: 'rfb' } })), [OPENS]],
  [
    'names another hypervisor for the stream',
    connectionsWith(() => ({ transport: { kind: 'hypervisor', hypervisor: 'x', address: 'y' } })),
    [OPENS],
  ],
  [
    'opens only one console at a time',
    class extends ReferenceHypervisor {
      #busy = false;
      override async openConsole(server: Server, type: ConsoleType) {
        if (this.#busy) throw consoleNotImplemented();
        this.#busy = true;
        await new Promise((resolve) => setImmediate(resolve));
        this.#busy = false;
        return super.openConsole(server, type);
      }
    },
    ['openConsole: is answered again and again, and many times at once'],
  ],
  [
    'prints its password',
    connectionsWith(() => ({ security: { kind: 'rfb', password: PASSWORD } })),
    ['openConsole: no secret is printed with a connection'],
  ],
  [
    'throws what is no ConsoleError',
    class extends ReferenceHypervisor {
      override async openConsole(server: Server, type: ConsoleType) {
        if (type === 'rdp-html5') throw new TypeError('undefined is not a function');
        return super.openConsole(server, type);
      }
    },
    [EVERY_TYPE],
  ],
  [
    'confuses no device with no such console',
    class extends ReferenceHypervisor {
      override async openConsole(server: Server, type: ConsoleType) {
        return super.openConsole(server, type).catch((error: unknown) => {
          if (error instanceof ConsoleError && error.code === 'console-type-unavailable')
            throw consoleNotImplemented();
          if (error instanceof ConsoleError && error.code === 'console-not-implemented') {
            throw consoleTypeUnavailable(type);
          }
          throw error;
        });
      }
    },
    [
      'openConsole: a guest without the device is console-type-unavailable',
      'openConsole: a console that this hypervisor never has is console-not-implemented',
    ],
  ],
  [
    'believes the server that it is given',
    class extends ReferenceHypervisor {
      override async openConsole(server: Server, type: ConsoleType) {
        return this.vnc(server.id, type);
      }
    },
    [
      'openConsole: a server that does not exist is server-not-found',
      'openConsole: a server that is shut off is server-state-invalid',
      'openConsole: tells the state now, not the one that the caller remembers',
    ],
  ],
  [
    'opens no stream but a promise of one',
    class extends ReferenceHypervisor {
      override async openStream(): Promise<unknown> {
        return { write: () => undefined };
      }
    },
    [
      'streams: every transport "hypervisor" opens as a Duplex, and closes when it is destroyed',
      'streams: an address that nobody wrote is refused',
    ],
  ],
  [
    'waits for ever for a stream',
    class extends ReferenceHypervisor {
      override openStream(_transport: HypervisorTransport) {
        return new Promise<unknown>(() => undefined);
      }
    },
    ['streams: every transport "hypervisor" opens as a Duplex, and closes when it is destroyed'],
  ],
  [
    'has an empty log',
    class extends ReferenceHypervisor {
      override async readOutput() {
        return '';
      }
    },
    ['output: gives what the server has printed'],
  ],
  [
    'reports the wrong event',
    class extends ReferenceHypervisor {
      override endFirst(): ServerEvent {
        super.endFirst();
        return { serverId: VNC_SERVER, kind: 'crashed' };
      }
    },
    ['watch: a listener hears that a console ended'],
  ],
  [
    'has one listener only',
    class extends ReferenceHypervisor {
      override watch(listener: (event: ServerEvent) => void) {
        this.listeners.clear();
        return super.watch(listener);
      }
    },
    ['watch: two listeners both hear, one that stopped does not'],
  ],
  [
    'talks to who has gone',
    class extends ReferenceHypervisor {
      override watch(listener: (event: ServerEvent) => void) {
        super.watch(listener);
        return () => undefined;
      }
    },
    ['watch: two listeners both hear, one that stopped does not'],
  ],
  [
    'throws when a listener stops twice',
    class extends ReferenceHypervisor {
      override watch(listener: (event: ServerEvent) => void) {
        super.watch(listener);
        return () => {
          if (!this.listeners.delete(listener)) throw new Error('not listening');
        };
      }
    },
    ['watch: stopping twice is harmless'],
  ],
  [
    'says not found when it is down',
    class extends ReferenceHypervisor {
      override async findServer(id: string) {
        return this.down ? undefined : super.findServer(id);
      }
    },
    [UNAVAILABLE],
  ],
  [
    'hangs when it is down',
    class extends ReferenceHypervisor {
      override listServers() {
        return this.down ? new Promise<never>(() => undefined) : super.listServers();
      }
    },
    [UNAVAILABLE],
  ],
  [
    'shows a password when it is down',
    class extends ReferenceHypervisor {
      override assertUp() {
        if (this.down)
          throw new ConsoleError('hypervisor-unavailable', `vnc://:${PASSWORD}@h does not answer`);
      }
    },
    [UNAVAILABLE],
  ],
  [
    'gives a JPEG for a PNG',
    class extends ReferenceHypervisor {
      override async takeScreenshot(server: Server) {
        const screenshot = await super.takeScreenshot(server);
        return { ...screenshot, data: Uint8Array.of(0xff, 0xd8, 0xff, 0xe0) };
      }
    },
    ['screenshots: of a running server are PNG, or unavailable where it has no screen'],
  ],
  [
    'has a picture of no screen',
    class extends ReferenceHypervisor {
      override async takeScreenshot(server: Server): Promise<never> {
        await super.takeScreenshot(server);
        throw consoleTypeUnavailable('vnc');
      }
    },
    ['screenshots: of a running server are PNG, or unavailable where it has no screen'],
  ],
  [
    'controls no server',
    class extends ReferenceHypervisor {
      override async control(server: Server) {
        await super.control(server);
        throw consoleNotImplemented();
      }
    },
    ['keys: are pressed in a running server'],
  ],
  [
    'controls whatever it is given',
    class extends ReferenceHypervisor {
      override async control() {}
    },
    [
      'screenshots, keys and power: of a server that does not exist are server-not-found',
      'screenshots, keys and power: of a server that is shut off are server-state-invalid',
      'screenshots, keys and power: say hypervisor-unavailable in bounded time',
    ],
  ],
  [
    'loses its way',
    legsWith(({ outcome }) =>
      outcome === 'ok' ? { outcome, detail: 'fine' } : { outcome: 'failed', detail: 'no', advice: 'none' },
    ),
    [LEADS, FIRST, 'diagnosis: an unknown server is absent everywhere'],
  ],
  [
    'says nothing',
    legsWith((result) => ({ ...result, detail: ' ' })),
    [LEADS, 'diagnosis: finds its hosts well'],
  ],
  [
    'takes the last console that would do',
    class extends ReferenceHypervisor {
      override readonly diagnosis: DiagnosisPort = {
        ...basicDiagnosis(this),
        diagnoseServer: (id, types) => basicDiagnosis(this).diagnoseServer(id, types.toReversed()),
      };
    },
    [FIRST],
  ],
  [
    'opens what is shut off, and finds itself well when it is down',
    legsWith((result, hypervisor) =>
      result.outcome === 'failed'
        ? { outcome: 'ok', detail: 'fine', connection: hypervisor.vnc(STOPPED_SERVER, 'novnc') }
        : result,
    ),
    [
      'diagnosis: a server that is shut off has no console, and advice',
      'diagnosis: says in bounded time where it ends, without secrets',
    ],
  ],
  [
    'never closes',
    class extends ReferenceHypervisor {
      override close() {
        return new Promise<void>(() => undefined);
      }
    },
    ['close: ends in bounded time, also with a listener'],
  ],
];

describe('a hypervisor that', () => {
  it.each(BROKEN)('%s is caught', async (_flaw, Broken, expected) => {
    const failed = await failingChecks(hypervisorChecks, () => hypervisorHarness(new Broken()));
    expect(failed).toEqual(expect.arrayContaining([...expected]));
  });
});

describe('every check', () => {
  it('has a name of its own and fails for some broken hypervisor', () => {
    const names = hypervisorChecks.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const caught = new Set(BROKEN.flatMap(([, , expected]) => expected));
    expect(names.filter((name) => !caught.has(name))).toEqual([]);
  });
});
