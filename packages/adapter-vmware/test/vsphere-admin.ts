import { Secret } from '@remote-consoles/core';
import { element, type Xml, type XmlElement } from '@remote-consoles/soap-xml';
import type { ManagedObject } from '../src/vim/managed-object.js';
import { managedObjectElement } from '../src/vim/managed-object.js';
import { callVim } from '../src/vim/vim-client.js';
import { VimEndpoint } from '../src/vim/vim-endpoint.js';
import { until } from './vcsim.js';

const vm = (id: string): ManagedObject => ({ type: 'VirtualMachine', id });

/** Does to a simulated vSphere what its operators do: switches, configures, deletes. */
export class VsphereAdmin {
  readonly #endpoint: VimEndpoint;
  readonly #url: string;
  #cookie = '';
  #content: XmlElement | undefined;

  private constructor(url: string, sha256: string) {
    this.#url = url;
    const trust = { kind: 'pin', algorithm: 'sha256', fingerprint: sha256 } as const;
    this.#endpoint = new VimEndpoint(new URL(url), trust, 10_000);
  }

  static async logIn(account: {
    readonly url: string;
    readonly username: string;
    readonly password: string;
    readonly sha256: string;
  }): Promise<VsphereAdmin> {
    const admin = new VsphereAdmin(account.url, account.sha256);
    const instance = { type: 'ServiceInstance', id: 'ServiceInstance' };
    admin.#content = (await admin.#call(instance, 'RetrieveServiceContent')).values[0];
    const password = new Secret(account.password).reveal();
    const parameters = [element('userName', account.username), element('password', password)];
    admin.#cookie = (await admin.#call(admin.#manager('sessionManager'), 'Login', parameters)).cookie ?? '';
    return admin;
  }

  async power(moid: string, to: 'poweredOn' | 'poweredOff' | 'suspended'): Promise<void> {
    const methods = {
      poweredOn: 'PowerOnVM_Task',
      poweredOff: 'PowerOffVM_Task',
      suspended: 'SuspendVM_Task',
    };
    await this.#call(vm(moid), methods[to]);
    await until(`${moid} ${to}`, async () => (await this.#read(vm(moid), 'runtime.powerState'))?.text === to);
  }

  async destroy(moid: string): Promise<void> {
    await this.#call(vm(moid), 'Destroy_Task');
    await until(`the end of ${moid}`, () =>
      this.#read(vm(moid), 'name').then(
        () => false,
        () => true,
      ),
    );
  }

  async reconfigure(moid: string, spec: readonly Xml[]): Promise<void> {
    await this.#call(vm(moid), 'ReconfigVM_Task', [element('spec', spec)]);
  }

  async setCustomAttribute(moid: string, name: string, value: string): Promise<void> {
    const fields = this.#manager('customFieldsManager');
    const definition = [element('name', name), element('moType', 'VirtualMachine')];
    const [field] = (await this.#call(fields, 'AddCustomFieldDef', definition)).values;
    const key = element('key', field?.textOf('key') ?? '');
    await this.#call(fields, 'SetField', [
      managedObjectElement('entity', vm(moid)),
      key,
      element('value', value),
    ]);
  }

  /** Sets what vCenter thinks of its tie to a VM. */
  async setConnectionState(moid: string, state: string): Promise<void> {
    const query = `vm=${moid}&state=${state}`;
    const signal = AbortSignal.timeout(10_000);
    const path = `/fixture/connection-state?${query}`;
    const { status } = await this.#endpoint.send({ path, body: '', signal });
    if (status !== 204) throw new Error(`${this.#url} answers ${status} to ${path}`);
  }

  /** The keys of all sessions but this one. */
  async otherSessions(): Promise<readonly string[]> {
    const manager = this.#manager('sessionManager');
    const current = (await this.#read(manager, 'currentSession'))?.textOf('key');
    const list = (await this.#read(manager, 'sessionList'))?.all('UserSession') ?? [];
    return list.flatMap((session) => session.textOf('key') ?? []).filter((key) => key !== current);
  }

  /** Ends all sessions but this one. */
  async terminateOthers(): Promise<void> {
    const keys = (await this.otherSessions()).map((key) => element('sessionId', key));
    await this.#call(this.#manager('sessionManager'), 'TerminateSession', keys);
  }

  close(): void {
    this.#endpoint.close();
  }

  #manager(name: string): ManagedObject {
    const found = this.#content?.child(name);
    if (!found) throw new Error(`this server has no ${name}`);
    return { type: found.attribute('type') ?? '', id: found.text };
  }

  async #read(object: ManagedObject, path: string): Promise<XmlElement | undefined> {
    const spec = element('specSet', [
      element('propSet', [element('type', object.type), element('pathSet', path)]),
      element('objectSet', [managedObjectElement('obj', object)]),
    ]);
    const collector = this.#manager('propertyCollector');
    const answer = await this.#call(collector, 'RetrievePropertiesEx', [spec, element('options', [])]);
    return answer.values[0]?.child('objects')?.child('propSet')?.child('val');
  }

  #call(object: ManagedObject, method: string, parameters: readonly Xml[] = []) {
    const identity = { version: '6.5', ...(this.#cookie !== '' && { cookie: this.#cookie }) };
    return callVim(this.#endpoint, identity, {
      object,
      method,
      parameters,
      signal: AbortSignal.timeout(10_000),
    });
  }
}
