import type { Clock, Logger } from '@remote-consoles/core';
import { type Guid, parseGuid } from '../inventory/guid.js';
import { idsInNotes, type ServerIdentity } from '../inventory/server-identity.js';
import { parseNotes, parseVirtualMachine, type VirtualMachine } from '../inventory/virtual-machine.js';
import type { WmiNamespace } from '../wmi/wmi-namespace.js';
import type { WmiObject } from '../wmi/wmi-object.js';
import { type Condition, selectFrom } from '../wmi/wql.js';

/** Where Hyper-V listens for consoles unless it was told otherwise. */
const DEFAULT_CONSOLE_PORT = 2179;
/** ms for which the listener's port is remembered */
const PORT_MEMORY = 600_000;

/** VMs that one query may name. */
const MAX_CONDITIONS = 8;

type Conditions = readonly (readonly Condition[])[];
type Notes = ReadonlyMap<Guid, readonly string[]>;

/** The settings of VMs as they are, not those of their checkpoints. */
const CURRENT = ['VirtualSystemType', 'Microsoft:Hyper-V:System:Realized'] as const;

/** What one Hyper-V host has and says, by the WMI namespace `root\virtualization\v2`. */
export class HypervHost {
  readonly name: string;
  readonly #wmi: WmiNamespace;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #identity: ServerIdentity;
  /** Whether the notes of a VM mean anything to us. */
  readonly #readsNotes: boolean;
  #port: { readonly value: number; readonly at: number } | undefined;
  /** Which VM had which id by its notes when they were last read. */
  #noted: ReadonlyMap<string, Guid> = new Map();

  constructor(deps: {
    readonly name: string;
    readonly wmi: WmiNamespace;
    readonly clock: Clock;
    readonly logger: Logger;
    readonly identity: ServerIdentity;
    readonly readsNotes: boolean;
  }) {
    this.name = deps.name;
    this.#wmi = deps.wmi;
    this.#clock = deps.clock;
    this.#logger = deps.logger;
    this.#identity = deps.identity;
    this.#readsNotes = deps.readsNotes;
  }

  /** The VM of a server: the one that has this id, else the one that has this GUID. */
  async findVm(id: string, signal: AbortSignal): Promise<VirtualMachine | undefined> {
    const found = await this.#findByWords(id, signal);
    const exact = found.filter((vm) => this.#identity.idOf(vm) === id);
    if (exact.length > 1) {
      this.#logger.warn(
        { host: this.name, serverId: id },
        'several VMs have the same name or notes; none is taken',
      );
      return undefined;
    }
    if (exact[0] || !this.#identity.byNotes) return exact[0] ?? withGuid(found, id);
    const noted = await this.#findByNotes(id, signal);
    return noted ?? withGuid(found, id);
  }

  /** Whether this host has the VM, and not as a replica of another host's. */
  async hasVm(guid: Guid, signal: AbortSignal): Promise<boolean> {
    return (await this.#computers([[['Name', guid]]], signal)).some(({ replica }) => !replica);
  }

  /** @param about.notes whether notes are read, where they mean anything; otherwise only where ids need them */
  async listVms(about: { readonly notes: boolean }, signal: AbortSignal): Promise<readonly VirtualMachine[]> {
    const vms = await this.#computers([], signal);
    const wanted = this.#identity.byNotes || (about.notes && this.#readsNotes);
    return wanted ? withNotes(vms, await this.#allNotes(signal)) : vms;
  }

  /** The TCP port that consoles are on. Remembered for a while. */
  async consolePort(signal: AbortSignal): Promise<number> {
    const known = this.#port;
    if (known && this.#clock.now() - known.at < PORT_MEMORY) return known.value;
    return this.askConsolePort(signal);
  }

  async askConsolePort(signal: AbortSignal): Promise<number> {
    const [settings] = await this.#wmi.query(selectFrom('Msvm_TerminalServiceSettingData'), signal);
    const port = settings?.numbers('ListenerPort')[0] ?? DEFAULT_CONSOLE_PORT;
    const value = port >= 1 && port <= 65_535 ? port : DEFAULT_CONSOLE_PORT;
    this.#port = { value, at: this.#clock.now() };
    return value;
  }

  /** By what a query can ask for: GUID and name. */
  async #findByWords(id: string, signal: AbortSignal): Promise<readonly VirtualMachine[]> {
    const [guid, name] = [parseGuid(id), this.#identity.nameOf(id)];
    const conditions: Conditions = [
      ...(guid ? [[['Name', guid] as const]] : []),
      ...(name !== undefined ? [[['ElementName', name] as const]] : []),
    ];
    return conditions.length === 0
      ? []
      : this.#withOwnNotes(await this.#computers(conditions, signal), signal);
  }

  /** WQL cannot look into an array, so all notes are read where the VM is not the one that was known. */
  async #findByNotes(id: string, signal: AbortSignal): Promise<VirtualMachine | undefined> {
    if (!parseGuid(id)) return undefined;
    const known = this.#noted.get(id);
    const remembered = known && (await this.#findNoted(known, id, signal));
    if (remembered) return remembered;
    await this.#allNotes(signal);
    const guid = this.#noted.get(id);
    return guid && (await this.#findNoted(guid, id, signal));
  }

  async #findNoted(guid: Guid, id: string, signal: AbortSignal): Promise<VirtualMachine | undefined> {
    const vms = await this.#withOwnNotes(await this.#computers([[['Name', guid]]], signal), signal);
    return vms.find((vm) => this.#identity.idOf(vm) === id);
  }

  async #computers(conditions: Conditions, signal: AbortSignal): Promise<readonly VirtualMachine[]> {
    const systems = await this.#wmi.query(selectFrom('Msvm_ComputerSystem', ...conditions), signal);
    return systems.flatMap((system) => parseVirtualMachine(system) ?? []);
  }

  async #withOwnNotes(
    vms: readonly VirtualMachine[],
    signal: AbortSignal,
  ): Promise<readonly VirtualMachine[]> {
    if (!this.#readsNotes || vms.length === 0) return vms;
    if (vms.length > MAX_CONDITIONS) return withNotes(vms, await this.#allNotes(signal));
    const conditions = vms.map(({ guid }) => [['VirtualSystemIdentifier', guid], CURRENT] as const);
    return withNotes(vms, await this.#notes(conditions, signal));
  }

  async #allNotes(signal: AbortSignal): Promise<Notes> {
    const notes = await this.#notes([[CURRENT]], signal);
    if (this.#identity.byNotes) this.#noted = idsInNotes(notes);
    return notes;
  }

  async #notes(conditions: Conditions, signal: AbortSignal): Promise<Notes> {
    const settings = await this.#wmi.query(
      selectFrom('Msvm_VirtualSystemSettingData', ...conditions),
      signal,
    );
    return new Map(settings.flatMap((one) => noteEntries(one)));
  }
}

function withGuid(vms: readonly VirtualMachine[], id: string): VirtualMachine | undefined {
  const guid = parseGuid(id);
  return vms.find((vm) => vm.guid === guid);
}

function withNotes(vms: readonly VirtualMachine[], notes: Notes): readonly VirtualMachine[] {
  return vms.map((vm) => ({ ...vm, notes: notes.get(vm.guid) ?? [] }));
}

function noteEntries(settings: WmiObject): [Guid, readonly string[]][] {
  const parsed = parseNotes(settings);
  return parsed ? [[parsed.guid, parsed.notes]] : [];
}
