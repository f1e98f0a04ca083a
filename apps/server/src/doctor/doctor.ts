import {
  type ConsoleConnection,
  type ConsoleOffers,
  type ConsoleStreamPort,
  type ConsoleType,
  type DiagnosisChain,
  diagnosisOf,
  type HypervisorPort,
} from '@remote-consoles/core';
import { type DiagnosisTimeouts, diagnoseConnection } from '@remote-consoles/gateway/diagnosis';
import { consoleOffers } from '../config/console-offers.js';
import { loadAdapters } from '../config/load-adapters.js';
import type { ConfigFile } from '../config/read-config.js';
import type { LegReport, Report } from './leg-report.js';
import { pageChain } from './page-chain.js';
import { type Started, StartedPorts } from './started-ports.js';
import { type WalkEnd, walkChain } from './walk-chain.js';

/** What is looked into. */
export interface Complaint {
  /** A server's id; the parts of the deployment where absent. */
  readonly server?: string;
  /** The first that the server has of those that are switched on, where absent. */
  readonly type?: ConsoleType;
}

/** Places that are asked at a time. */
const AT_ONCE = 8;

/** A chain of one hypervisor, and what opens the streams of that one. */
interface Place {
  readonly name: string;
  readonly chain: DiagnosisChain;
  readonly streams?: ConsoleStreamPort | undefined;
}

interface Walked extends Place {
  readonly end: WalkEnd;
  readonly reports: readonly LegReport[];
}

/**
 * Walks the ways that the complaint is about and reports each leg.
 *
 * @returns whether all is well
 * @throws ConfigError where the configuration cannot be used
 */
export async function runDoctor(file: ConfigFile, complaint: Complaint, report: Report): Promise<boolean> {
  const adapters = await loadAdapters(file);
  const ports = new StartedPorts();
  const { connectTimeout, handshakeTimeout } = file.config.gateway;
  const timeouts = { connect: connectTimeout * 1000, handshake: handshakeTimeout * 1000 };
  let well = true;
  const note: Report = (leg) => {
    if (leg.outcome === 'failed') well = false;
    report(leg);
  };
  const doctor = new Doctor(consoleOffers(file.config), timeouts, note);
  try {
    const names = file.config.hypervisors.map(({ name }) => name);
    const hypervisors = await ports.hypervisors(adapters);
    if (complaint.server === undefined) {
      if (adapters.auth) await doctor.check('identity', await ports.start(adapters.auth));
      await doctor.check('token store', await ports.start(adapters.tokenStore));
      await doctor.visitHosts(names, hypervisors);
      await doctor.visitPages();
    } else {
      await doctor.visitServer(names, hypervisors, complaint.server, complaint.type);
    }
    return well;
  } finally {
    await ports.close();
  }
}

class Doctor {
  readonly #offers: ConsoleOffers;
  readonly #timeouts: DiagnosisTimeouts;
  readonly #report: Report;

  constructor(offers: ConsoleOffers, timeouts: DiagnosisTimeouts, report: Report) {
    this.#offers = offers;
    this.#timeouts = timeouts;
    this.#report = report;
  }

  async check(place: string, started: Started<{ check(): Promise<void> }>): Promise<void> {
    const leg = started.kind === 'failure' ? started.leg : checkLeg(started.port);
    await this.#walk({ name: place, chain: { place: '', legs: [leg] } });
  }

  async visitHosts(names: readonly string[], started: readonly Started<HypervisorPort>[]): Promise<void> {
    const places = placesOf(names, started, (port) => diagnosisOf(port).diagnoseHosts());
    for await (const { reports } of this.#walkAll(places)) reports.forEach(this.#report);
  }

  /** The page of each host that browsers are sent to. */
  async visitPages(): Promise<void> {
    const byOrigin = new Map(
      this.#offers.types
        .toReversed()
        .map((type) => [new URL(this.#offers.get(type).baseUrl.replace(/^ws/, 'http')).origin, type]),
    );
    for (const type of byOrigin.values()) await this.#visitPage(type);
  }

  async visitServer(
    names: readonly string[],
    started: readonly Started<HypervisorPort>[],
    id: string,
    type: ConsoleType | undefined,
  ): Promise<void> {
    const types = type === undefined ? this.#offers.types : [type];
    const places = placesOf(names, started, (port) => diagnosisOf(port).diagnoseServer(id, types));
    const found = await this.#find(places, id);
    if (!found) return;
    const { connection, streams } = found;
    const options = { streams, timeouts: this.#timeouts };
    const chain = diagnoseConnection(connection, options);
    await this.#walk({ name: `console ${connection.type} of ${id}`, chain });
    await this.#visitPage(connection.type);
  }

  async #find(
    places: readonly Place[],
    id: string,
  ): Promise<
    { readonly connection: ConsoleConnection; readonly streams: ConsoleStreamPort | undefined } | undefined
  > {
    const [only] = places;
    const walked: Walked[] = [];
    if (only && places.length === 1) {
      walked.push({ ...only, reports: [], end: await this.#walk(only) });
    } else {
      for await (const one of this.#walkAll(places)) walked.push(one);
    }
    for (const { end, reports, streams } of walked) {
      if (end.outcome !== 'ok' || !end.connection) continue;
      reports.forEach(this.#report);
      this.#reportElsewhere(walked);
      return { connection: end.connection, streams };
    }
    this.#reportNowhere(walked, id);
    return undefined;
  }

  /** Places without the server are no matter, and those that did not answer only worth a word. */
  #reportElsewhere(walked: readonly Walked[]): void {
    for (const { name, end } of walked) {
      if (end.outcome !== 'failed') continue;
      const detail = `failed at ${end.leg}, which is no matter here; without --server more is said`;
      this.#report({ place: name, leg: 'not looked into', outcome: 'skipped', detail });
    }
  }

  #reportNowhere(walked: readonly Walked[], id: string): void {
    const absent = walked.filter(({ end }) => end.outcome === 'absent');
    const others = walked.filter(({ end }) => end.outcome !== 'absent');
    for (const { reports } of others) reports.forEach(this.#report);
    if (absent.length === 0) return;
    const leg = 'find the server';
    const place = 'all hypervisors';
    const where = absent.map(({ name }) => name).join('; ');
    if (others.length > 0) {
      this.#report({ place, leg, outcome: 'absent', detail: `there is no server ${id} at ${where}` });
      return;
    }
    const advice =
      'Check the id: it is what GET /v2.1/servers shows, not the name. A server that no project can be told for is not shown either; see `project` of its hypervisor.';
    this.#report({
      place,
      leg,
      outcome: 'failed',
      detail: `there is no server ${id}; asked: ${where}`,
      advice,
    });
  }

  async #visitPage(type: ConsoleType): Promise<void> {
    const offer = this.#offers.types.includes(type) ? this.#offers.get(type) : undefined;
    if (offer) {
      await this.#walk({ name: `page of ${type}`, chain: pageChain(type, offer.baseUrl, this.#timeouts) });
      return;
    }
    this.#report({
      place: `page of ${type}`,
      leg: 'offer',
      outcome: 'failed',
      detail: `consoles of type ${type} are switched off`,
      advice: `Nobody can ask for one: take \`${type}: false\` out of \`consoles\` in the configuration.`,
    });
  }

  #walk({ name, chain }: Place): Promise<WalkEnd> {
    return walkChain(name, chain, this.#timeouts, this.#report);
  }

  /** In their order, several at a time. */
  async *#walkAll(places: readonly Place[]): AsyncGenerator<Walked> {
    const start = async (place: Place): Promise<Walked> => {
      const reports: LegReport[] = [];
      const end = await walkChain(place.name, place.chain, this.#timeouts, (leg) => reports.push(leg));
      return { ...place, reports, end };
    };
    const waiting = [...places];
    const walking = waiting.splice(0, AT_ONCE).map(start);
    for (let next = walking.shift(); next; next = walking.shift()) {
      yield await next;
      walking.push(...waiting.splice(0, 1).map(start));
    }
  }
}

function checkLeg(port: { check(): Promise<void> }) {
  return {
    name: 'check',
    run: async () => {
      await port.check();
      return { outcome: 'ok', detail: 'it answers' } as const;
    },
  };
}

function placesOf(
  names: readonly string[],
  started: readonly Started<HypervisorPort>[],
  chainsOf: (port: HypervisorPort) => readonly DiagnosisChain[],
): readonly Place[] {
  return started.flatMap((one, index): Place[] => {
    const name = `hypervisor ${names[index] ?? ''}`;
    if (one.kind === 'failure') return [{ name, chain: { place: '', legs: [one.leg] } }];
    const { port } = one;
    return chainsOf(port).map((chain) => ({
      name: chain.place === '' ? name : `${name}, ${chain.place}`,
      chain,
      streams: port.streams,
    }));
  });
}
