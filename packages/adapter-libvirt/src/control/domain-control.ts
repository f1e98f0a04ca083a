import {
  assertServerLive,
  ConsoleError,
  consoleTypeUnavailable,
  hypervisorUnavailable,
  type PowerAction,
  type Screenshot,
  type ScreenshotPort,
  type SendKeysPort,
  type Server,
  type ServerPowerPort,
  serverNotFound,
  serverStateInvalid,
} from '@remote-consoles/core';
import { encodePng, isPng } from '@remote-consoles/png';
import { type Domain, LibvirtError, LibvirtErrorCode } from 'libvirt-ts';
import type { FoundDomain } from '../host/domain-search.js';
import { parsePixmap } from './pixmap.js';

/** How long keys are held, in ms: long enough for a guest that looks at its keyboard now and then. */
const holdTime = 100;
const mostKeys = 16; // VIR_DOMAIN_SEND_KEY_MAX_KEYS
const largestKey = 767; // KEY_MAX

const powerCalls: Readonly<Record<PowerAction, (domain: Domain) => Promise<void>>> = {
  start: (domain) => domain.create(),
  shutdown: (domain) => domain.shutdown(),
  stop: (domain) => domain.destroy(),
  reboot: (domain) => domain.reboot(),
  reset: (domain) => domain.reset(),
  pause: (domain) => domain.suspend(),
  unpause: (domain) => domain.resume(),
};

/** A server and the domain that it is. */
export interface FoundServer {
  readonly server: Server;
  readonly domain: FoundDomain;
}

/** What can be done with a domain past its consoles. */
export class DomainControl implements ScreenshotPort, SendKeysPort, ServerPowerPort {
  readonly #hypervisor: string;
  readonly #find: (id: string) => Promise<FoundServer | undefined>;

  /** @param find gives a server as it is now */
  constructor(hypervisor: string, find: (id: string) => Promise<FoundServer | undefined>) {
    this.#hypervisor = hypervisor;
    this.#find = find;
  }

  async takeScreenshot({ id }: Server): Promise<Screenshot> {
    const controlled = await this.#running(id, 'get_screenshot');
    const { data } = await this.#do(controlled, 'get_screenshot', (domain) => domain.screenshot()).catch(
      (error: unknown) => {
        // without a screen QEMU has an internal error
        throw error instanceof LibvirtError ? consoleTypeUnavailable('vnc') : error;
      },
    );
    return { mediaType: 'image/png', data: isPng(data) ? data : await encodePng(parsePixmap(data)) };
  }

  async sendKeys({ id }: Server, keys: readonly number[]): Promise<void> {
    const valid = keys.length > 0 && keys.length <= mostKeys && keys.every((key) => isKey(key));
    if (!valid) throw new RangeError(`between 1 and ${mostKeys} Linux input codes are needed`);
    const controlled = await this.#running(id, 'send_keys');
    await this.#do(controlled, 'send_keys', (domain) => domain.sendKey(keys, { holdTime })).catch(
      this.#refused,
    );
  }

  async changePower({ id }: Server, action: PowerAction): Promise<void> {
    const controlled = await this.#existing(id);
    await this.#do(controlled, action, powerCalls[action]).catch(this.#refused);
  }

  async #running(id: string, action: string): Promise<FoundServer> {
    const controlled = await this.#existing(id);
    assertServerLive(controlled.server, action);
    return controlled;
  }

  async #existing(id: string): Promise<FoundServer> {
    const controlled = await this.#find(id);
    if (controlled === undefined) throw serverNotFound(id);
    return controlled;
  }

  async #do<Result>(
    { server, domain }: FoundServer,
    action: string,
    call: (domain: Domain) => Promise<Result>,
  ): Promise<Result> {
    try {
      return await domain.at.use((connection) =>
        call(connection.domain({ uuid: server.id, name: server.name })),
      );
    } catch (error) {
      if (!(error instanceof LibvirtError)) throw error;
      if (error.code === LibvirtErrorCode.noDomain) throw serverNotFound(server.id);
      if (error.code !== LibvirtErrorCode.operationInvalid) throw error;
      throw serverStateInvalid(server.id, action, 'vm_state', server.vmState);
    }
  }

  readonly #refused = (error: unknown): never => {
    throw error instanceof ConsoleError ? error : hypervisorUnavailable(this.#hypervisor, error);
  };
}

function isKey(key: number): boolean {
  return Number.isInteger(key) && key > 0 && key <= largestKey;
}
