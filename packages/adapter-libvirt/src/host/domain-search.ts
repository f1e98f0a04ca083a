import { hypervisorUnavailable, type Logger } from '@remote-consoles/core';
import { type Connection, LibvirtError, LibvirtErrorCode } from 'libvirt-ts';
import { parseDomainXml } from '../domain/parse-domain-xml.js';
import type { HostedDomain } from '../domain/server-of-domain.js';
import { fullPresence, presence } from '../domain/server-state.js';
import { XmlError } from '../domain/xml-element.js';
import type { LibvirtHost } from './libvirt-host.js';

/** How many domains' hosts are remembered before the oldest is forgotten (and found again when asked for). */
const rememberedHosts = 100_000;
/** How many descriptions of one host are asked for at a time. */
const listConcurrency = 8;

/** A domain and the host that has it. */
export interface FoundDomain extends HostedDomain {
  readonly at: LibvirtHost;
}

/** Finds domains among the hosts, and remembers who had which. */
export class DomainSearch {
  readonly #hosts: readonly LibvirtHost[];
  readonly #hypervisor: string;
  readonly #logger: Logger;
  readonly #owners = new Map<string, LibvirtHost>();

  constructor(hosts: readonly LibvirtHost[], hypervisor: string, logger: Logger) {
    this.#hosts = hosts;
    this.#hypervisor = hypervisor;
    this.#logger = logger;
  }

  /** The host that had the domain when it was last looked for. */
  ownerOf(uuid: string): LibvirtHost | undefined {
    return this.#owners.get(uuid);
  }

  forget(uuid: string): void {
    this.#owners.delete(uuid);
  }

  /**
   * The domain, from its known host if it still lives there, else from whichever host has it. Hosts that do
   * not answer delay only what no other host has.
   *
   * @throws ConsoleError `hypervisor-unavailable` where no host has it and some did not answer
   */
  async find(uuid: string): Promise<FoundDomain | undefined> {
    const owner = this.#owners.get(uuid);
    const answers = new Map<LibvirtHost, Promise<FoundDomain | undefined>>();
    if (owner) {
      const answer = this.readAt(owner, uuid);
      const known = await answer.catch(() => undefined);
      if (known && presence(known.state) >= fullPresence) return known;
      answers.set(owner, answer);
    }
    for (const host of this.#hosts) if (host !== owner) answers.set(host, this.readAt(host, uuid));
    const found = await best([...answers.values()]);
    if (found) this.#remember(uuid, found.at);
    else this.forget(uuid);
    return found;
  }

  /**
   * Every domain of every host that answers, each UUID once.
   *
   * @throws ConsoleError `hypervisor-unavailable` where none answers
   */
  async list(): Promise<readonly FoundDomain[]> {
    const answers = await Promise.allSettled(this.#hosts.map((host) => this.#listHost(host)));
    const failure = answers.find((answer) => answer.status === 'rejected');
    if (failure && answers.every((answer) => answer.status === 'rejected')) throw failure.reason;
    const best = new Map<string, FoundDomain>();
    for (const domain of answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))) {
      const { uuid } = domain.description;
      const other = best.get(uuid);
      if (!other || presence(domain.state) > presence(other.state)) best.set(uuid, domain);
    }
    return [...best.values()];
  }

  /** The domain as this host has it; with passwords where they are asked for. */
  async readAt(host: LibvirtHost, uuid: string, { secrets = false } = {}): Promise<FoundDomain | undefined> {
    return await host.ask((connection) => this.#describe(host, connection, uuid, secrets));
  }

  async #describe(
    host: LibvirtHost,
    connection: Connection,
    uuid: string,
    secure: boolean,
  ): Promise<FoundDomain | undefined> {
    try {
      const { state, xml } = await connection.domain({ uuid, name: '' }).describe({ secure });
      return { at: host, host: host.name, state, description: parseDomainXml(xml) };
    } catch (error) {
      if (error instanceof LibvirtError && error.code === LibvirtErrorCode.noDomain) return undefined;
      if (!(error instanceof XmlError)) throw error;
      this.#logger.error({ host: host.name, server: uuid, reason: error.message }, 'cannot read a domain');
      throw hypervisorUnavailable(this.#hypervisor, error);
    }
  }

  async #listHost(host: LibvirtHost): Promise<FoundDomain[]> {
    const found: FoundDomain[] = [];
    const waiting = [...(await host.ask((connection) => connection.listDomains()))];
    const takeNext = async (): Promise<void> => {
      for (let domain = waiting.pop(); domain !== undefined; domain = waiting.pop()) {
        const description = await this.readAt(host, domain.uuid);
        if (description) found.push(description);
      }
    };
    await Promise.all(Array.from({ length: listConcurrency }, takeNext));
    return found;
  }

  #remember(uuid: string, host: LibvirtHost): void {
    this.#owners.delete(uuid);
    this.#owners.set(uuid, host);
    if (this.#owners.size <= rememberedHosts) return;
    const [oldest] = this.#owners.keys();
    if (oldest !== undefined) this.#owners.delete(oldest);
  }
}

/** The first answer that leaves no doubt, else the best of all, else the first failure. */
function best(answers: readonly Promise<FoundDomain | undefined>[]): Promise<FoundDomain | undefined> {
  return new Promise((resolve, reject) => {
    const found: FoundDomain[] = [];
    const failures: unknown[] = [];
    const settled = answers.map(async (answer) => {
      try {
        const domain = await answer;
        if (!domain) return;
        found.push(domain);
        if (presence(domain.state) >= fullPresence) resolve(domain);
      } catch (error) {
        failures.push(error);
      }
    });
    void Promise.all(settled).then(() => {
      const [first] = found.toSorted((a, b) => presence(b.state) - presence(a.state));
      if (first || failures.length === 0) resolve(first);
      else reject(failures[0]);
    });
  });
}
