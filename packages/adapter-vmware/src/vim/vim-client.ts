import { element, type Xml, type XmlElement } from '@remote-consoles/soap-xml';
import { soapRequest, soapResponse } from '../soap/soap-envelope.js';
import { VimUnavailable } from '../soap/vim-error.js';
import { type ConsoleTicket, parseConsoleTicket, type TicketType } from './console-ticket.js';
import {
  type ManagedObject,
  managedObjectElement,
  parseManagedObject,
  SERVICE_INSTANCE,
} from './managed-object.js';
import { type PropertyPage, parsePropertyPage } from './object-properties.js';
import { type PropertyFilter, propertyFilterElement } from './property-filter.js';
import type { ServiceContent } from './service-content.js';
import { parseUpdateSet, type UpdateSet } from './update-set.js';
import type { VimEndpoint } from './vim-endpoint.js';

/** Objects in one answer of the property collector. */
const PAGE_SIZE = 100;

/** Who is calling: the API version that was agreed, and the session once there is one. */
export interface VimIdentity {
  readonly version: string;
  readonly cookie?: string;
}

/**
 * Sends one SOAP call to the vSphere Web Services API.
 *
 * @returns the `returnval` elements and the session cookie, where the answer sets one
 * @throws VimFault, VimUnavailable
 */
export async function callVim(
  endpoint: VimEndpoint,
  identity: VimIdentity,
  call: {
    readonly object: ManagedObject;
    readonly method: string;
    readonly parameters: readonly Xml[];
    readonly signal: AbortSignal;
  },
): Promise<{ readonly values: readonly XmlElement[]; readonly cookie?: string }> {
  const { object, method, parameters, signal } = call;
  const answer = await endpoint.send({
    path: '/sdk',
    body: soapRequest(method, [managedObjectElement('_this', object), ...parameters]),
    headers: {
      'content-type': 'text/xml; charset=utf-8',
      soapaction: `"urn:vim25/${identity.version}"`,
      ...(identity.cookie !== undefined && { cookie: identity.cookie }),
    },
    signal,
  });
  // A fault comes with status 500, and only a fault does.
  if (answer.status !== 200 && answer.status !== 500) {
    throw new VimUnavailable(`HTTP status ${answer.status} to ${method}`);
  }
  const values = soapResponse(method, answer.body);
  return { values, ...(answer.cookie !== undefined && { cookie: answer.cookie }) };
}

/**
 * The calls of the vSphere Web Services API that consoles need, in one session.
 *
 * All throw VimFault (`NotAuthenticated` once the session has ended) and VimUnavailable, the latter also when the
 * signal is aborted or the time for one call is over.
 */
export class VimClient {
  readonly content: ServiceContent;
  readonly #endpoint: VimEndpoint;
  readonly #identity: VimIdentity;
  readonly #timeout: number;

  /** @param deps.timeout ms for each call, however long the caller's own signal would wait */
  constructor(deps: {
    readonly endpoint: VimEndpoint;
    readonly identity: VimIdentity;
    readonly content: ServiceContent;
    readonly timeout: number;
  }) {
    this.#endpoint = deps.endpoint;
    this.#identity = deps.identity;
    this.content = deps.content;
    this.#timeout = deps.timeout;
  }

  /** The host that was asked. */
  get host(): string {
    return this.#endpoint.host;
  }

  /** Asks the time, which only a session may. */
  async currentTime(signal: AbortSignal): Promise<void> {
    await this.#call(SERVICE_INSTANCE, 'CurrentTime', [], signal);
  }

  async findVm(
    uuid: string,
    kind: 'instance' | 'bios',
    signal: AbortSignal,
  ): Promise<ManagedObject | undefined> {
    const parameters = [
      element('uuid', uuid),
      element('vmSearch', 'true'),
      element('instanceUuid', String(kind === 'instance')),
    ];
    const [found] = await this.#call(this.content.searchIndex, 'FindByUuid', parameters, signal);
    return found && parseManagedObject(found);
  }

  async acquireTicket(vm: ManagedObject, type: TicketType, signal: AbortSignal): Promise<ConsoleTicket> {
    const [ticket] = await this.#call(vm, 'AcquireTicket', [element('ticketType', type)], signal);
    return parseConsoleTicket(ticket);
  }

  /** The first page. */
  async retrieveProperties(filter: PropertyFilter, signal: AbortSignal): Promise<PropertyPage> {
    const parameters = [
      propertyFilterElement('specSet', filter),
      element('options', [element('maxObjects', String(PAGE_SIZE))]),
    ];
    const collector = this.content.propertyCollector;
    const [page] = await this.#call(collector, 'RetrievePropertiesEx', parameters, signal);
    return parsePropertyPage(page);
  }

  async continueProperties(token: string, signal: AbortSignal): Promise<PropertyPage> {
    const collector = this.content.propertyCollector;
    const parameters = [element('token', token)];
    const [page] = await this.#call(collector, 'ContinueRetrievePropertiesEx', parameters, signal);
    return parsePropertyPage(page);
  }

  /** A view of all VMs of the inventory that the account may see. */
  async createVmView(signal: AbortSignal): Promise<ManagedObject> {
    const parameters = [
      managedObjectElement('container', this.content.rootFolder),
      element('type', 'VirtualMachine'),
      element('recursive', 'true'),
    ];
    return this.#create(this.content.viewManager, 'CreateContainerView', parameters, signal);
  }

  async destroyView(view: ManagedObject, signal: AbortSignal): Promise<void> {
    await this.#call(view, 'DestroyView', [], signal);
  }

  /** A property collector of one's own: its updates are nobody else's. */
  async createCollector(signal: AbortSignal): Promise<ManagedObject> {
    return this.#create(this.content.propertyCollector, 'CreatePropertyCollector', [], signal);
  }

  async createFilter(collector: ManagedObject, filter: PropertyFilter, signal: AbortSignal): Promise<void> {
    const parameters = [propertyFilterElement('spec', filter), element('partialUpdates', 'false')];
    await this.#call(collector, 'CreateFilter', parameters, signal);
  }

  /**
   * Waits for changes.
   *
   * @param version of the last answer; empty for the present state
   * @param wait s until the server answers in any case
   * @returns undefined where nothing has changed
   */
  async waitForUpdates(
    collector: ManagedObject,
    version: string,
    wait: number,
    signal: AbortSignal,
  ): Promise<UpdateSet | undefined> {
    const options = [element('maxWaitSeconds', String(wait)), element('maxObjectUpdates', String(PAGE_SIZE))];
    const parameters = [element('version', version), element('options', options)];
    const [set] = await this.#call(collector, 'WaitForUpdatesEx', parameters, signal, wait * 1000);
    return set && parseUpdateSet(set);
  }

  async destroyCollector(collector: ManagedObject, signal: AbortSignal): Promise<void> {
    await this.#call(collector, 'DestroyPropertyCollector', [], signal);
  }

  async logout(signal: AbortSignal): Promise<void> {
    await this.#call(this.content.sessionManager, 'Logout', [], signal);
  }

  async #create(object: ManagedObject, method: string, parameters: readonly Xml[], signal: AbortSignal) {
    const [created] = await this.#call(object, method, parameters, signal);
    return parseManagedObject(created);
  }

  async #call(
    object: ManagedObject,
    method: string,
    parameters: readonly Xml[],
    signal: AbortSignal,
    wait = 0,
  ): Promise<readonly XmlElement[]> {
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(wait + this.#timeout)]);
    const call = { object, method, parameters, signal: deadline };
    return (await callVim(this.#endpoint, this.#identity, call)).values;
  }
}
