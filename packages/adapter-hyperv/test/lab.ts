import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { NtlmApacheFixture } from '../../../scripts/fixtures/ntlm-apache-fixture.js';
import { WmiDouble } from './wmi-double.js';
import { WsmanService, WsmanStub } from './wsman-stub.js';

export const CONSOLE_PASSWORD = 'c0nsole-"pw';
const CONSOLE_PIN = 'AB:'.repeat(31).concat('AB');

export const WEB = '0B5C41F7-9B4A-4B53-8C3C-2D7B2F5D1A01';
export const DATABASE = '0B5C41F7-9B4A-4B53-8C3C-2D7B2F5D1A02';
export const OFF = '0B5C41F7-9B4A-4B53-8C3C-2D7B2F5D1A03';
export const OTHER = '0B5C41F7-9B4A-4B53-8C3C-2D7B2F5D1A04';

/** The doors of Apache, and the host behind each. */
export type Door = 'ntlm' | 'basic' | 'certificate';

/** Three hosts behind a real Apache, each with a way to log in. */
export class Lab {
  apache: NtlmApacheFixture;
  readonly #stub: WsmanStub;

  private constructor(apache: NtlmApacheFixture, stub: WsmanStub) {
    this.apache = apache;
    this.#stub = stub;
  }

  static async start(): Promise<Lab | undefined> {
    const stub = await WsmanStub.start();
    const apache = await NtlmApacheFixture.start(stub.port);
    if (!apache) {
      await stub.stop();
      return undefined;
    }
    const lab = new Lab(apache, stub);
    const { directory, password } = apache.report;
    await writeFile(join(directory, 'winrm-password'), `${password}\n`);
    await writeFile(join(directory, 'wrong-password'), 'Wr0ng-pw');
    await writeFile(join(directory, 'console-password'), CONSOLE_PASSWORD);
    return lab;
  }

  /** Fresh hosts: `web` and `off` behind NTLM, `database` behind Basic, `other` behind certificates. */
  reset(): void {
    const vm = (guid: string, name: string, state: number) => ({ guid, name, state });
    const hosts: Readonly<Record<Door, WmiDouble>> = {
      ntlm: new WmiDouble([vm(WEB, 'web', 2), vm(OFF, 'off', 3)]),
      basic: new WmiDouble([vm(DATABASE, 'database', 2)]),
      certificate: new WmiDouble([vm(OTHER, 'other', 2)]),
    };
    for (const [door, wmi] of Object.entries(hosts)) this.#stub.services.set(door, new WsmanService(wmi));
  }

  service(door: Door): WsmanService {
    const service = this.#stub.services.get(door);
    if (!service) throw new Error(`no service ${door}`);
    return service;
  }

  get directory(): string {
    return this.apache.report.directory;
  }

  /** The configuration of a host. */
  host(door: Door, more: object = {}): object {
    const { ports, user, domain, sha256 } = this.apache.report;
    const winrm = {
      ntlm: { method: 'ntlm', user: `${domain}\\${user}`, passwordFile: 'winrm-password' },
      basic: { method: 'basic', user, passwordFile: 'winrm-password' },
      certificate: { method: 'certificate', certificateFile: 'client.pem', keyFile: 'client.key' },
    }[door];
    return {
      name: `hv-${door}`,
      address: '127.0.0.1',
      port: ports[door],
      trust: { sha256 },
      consoleTrust: { sha256: CONSOLE_PIN },
      winrm,
      ...more,
    };
  }

  /** The configuration of an adapter with these hosts. */
  options(hosts: readonly object[], more: object = {}): object {
    return {
      hosts,
      console: { user: 'LAB\\rc-console', passwordFile: 'console-password' },
      project: { default: 'project-1' },
      timeout: 2,
      pollInterval: 1,
      ...more,
    };
  }

  async stop(): Promise<void> {
    this.apache.thaw();
    await this.apache.stop();
    await this.#stub.stop();
  }
}

/** Resolves when the condition holds; fails where it does not within 10 s. */
export async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`${what} did not happen`);
    await sleep(20);
  }
}
