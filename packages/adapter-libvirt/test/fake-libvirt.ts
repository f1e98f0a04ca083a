import { EventEmitter } from 'node:events';
import { Socket } from 'node:net';
import {
  type Connection,
  type DomainState,
  LibvirtError,
  LibvirtErrorCode,
  LibvirtErrorDomain,
  type LifecycleEvent,
} from 'libvirt-ts';

export interface FakeDomain {
  state: DomainState;
  xml: string;
}

const lost = (): LibvirtError =>
  new LibvirtError({
    code: LibvirtErrorCode.systemError,
    domain: LibvirtErrorDomain.rpc,
    level: 'error',
    message: 'Failed to connect socket',
    call: 'fake',
  });

const refused = (code: number, message: string): LibvirtError =>
  new LibvirtError({ code, domain: 10, level: 'error', message, call: 'fake' });

export const running: DomainState = { state: 'running', reason: 'booted' };
export const shutOff: DomainState = { state: 'shutoff', reason: 'shutdown' };

/** The UUID that ends in these digits. */
export const uuid = (digits: number | string): string =>
  `00000000-0000-4000-8000-${String(digits).padStart(12, '0')}`;

/** A libvirt daemon in memory, which can be down, lose its connections, or fall silent. */
export class FakeLibvirt {
  readonly domains = new Map<string, FakeDomain>();
  readonly opened: FakeConnection[] = [];
  /** Every call, as `name uuid`, with `secure` where secrets were asked for. */
  readonly calls: string[] = [];
  down = false;
  /** Calls are answered with this error. */
  failure: LibvirtError | undefined;
  /** Calls wait for this. */
  silence: Promise<void> = Promise.resolve();

  set(digits: number | string, state: DomainState, devices = '', metadata = ''): string {
    const id = uuid(digits);
    this.domains.set(id, {
      state,
      xml: `<domain><name>domain-${digits}</name><uuid>${id}</uuid>
        <metadata>${metadata}</metadata><devices>${devices}</devices></domain>`,
    });
    return id;
  }

  readonly open = async (): Promise<Connection> => {
    this.calls.push('open');
    await this.silence;
    if (this.down) throw lost();
    const connection = new FakeConnection(this);
    this.opened.push(connection);
    return connection as unknown as Connection;
  };

  /** Ends all connections, as a daemon does that is stopped. */
  hangUp(): void {
    for (const connection of this.opened.splice(0)) connection.lose();
  }

  emit(event: LifecycleEvent): void {
    for (const connection of this.opened) connection.emit('lifecycle', event);
  }
}

/** The part of libvirt-ts's Connection that the adapter uses. */
export class FakeConnection extends EventEmitter {
  readonly #libvirt: FakeLibvirt;
  isOpen = true;

  constructor(libvirt: FakeLibvirt) {
    super();
    this.#libvirt = libvirt;
  }

  lose(): void {
    this.isOpen = false;
    this.emit('close', lost());
  }

  async close(): Promise<number> {
    if (this.isOpen) this.#libvirt.calls.push('close');
    this.isOpen = false;
    return 0;
  }

  hostname(): Promise<string> {
    return this.#call('hostname', () => 'fake');
  }

  listDomains(filter: { only?: 'active' } = {}): Promise<{ uuid: string }[]> {
    return this.#call('listDomains', () =>
      [...this.#libvirt.domains]
        .filter(([, { state }]) => filter.only === undefined || state.state !== 'shutoff')
        .map(([id]) => ({ uuid: id })),
    );
  }

  domain({ uuid: id }: { uuid: string }) {
    const find = (): FakeDomain => {
      const domain = this.#libvirt.domains.get(id);
      if (!domain) throw refused(LibvirtErrorCode.noDomain, 'Domain not found');
      return domain;
    };
    return {
      describe: ({ secure = false } = {}) =>
        this.#call(`describe ${id}${secure ? ' secure' : ''}`, () => ({ uuid: id, name: '', ...find() })),
      openGraphics: (index: number) =>
        this.#call(`openGraphics ${id} ${index}`, () => {
          if (find().state.state === 'shutoff')
            throw refused(LibvirtErrorCode.operationInvalid, 'not running');
          return new Socket();
        }),
      openConsole: (alias: string) =>
        this.#call(`openConsole ${id} ${alias}`, () => {
          find();
          return new Socket();
        }),
    };
  }

  async #call<Result>(name: string, answer: () => Result): Promise<Result> {
    this.#libvirt.calls.push(name);
    await this.#libvirt.silence;
    if (!this.isOpen || this.#libvirt.down) throw lost();
    if (this.#libvirt.failure) throw this.#libvirt.failure;
    return answer();
  }
}
