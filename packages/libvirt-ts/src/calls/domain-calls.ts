import { type DomainState, domainState } from '../domain-state.js';
import type { Libvirt } from '../native/libvirt.js';
import type { Pointer } from '../native/native-library.js';
import type { CallArguments, DomainInfo, DomainSnapshot, PowerAction } from './calls.js';
import { domainIdentity, withDomain } from './domain-handle.js';
import { checkPointer, checkStatus } from './last-error.js';

const xmlSecure = 1; // VIR_DOMAIN_XML_SECURE
const xmlInactive = 2; // VIR_DOMAIN_XML_INACTIVE
const skipAuth = 1; // VIR_DOMAIN_OPEN_GRAPHICS_SKIPAUTH
const affectLive = 1; // VIR_DOMAIN_AFFECT_LIVE
const keycodeSetLinux = 0; // VIR_KEYCODE_SET_LINUX

export function getState(
  libvirt: Libvirt,
  connection: Pointer,
  { uuid }: CallArguments<'getState'>,
): DomainState {
  return withDomain(libvirt, connection, uuid, (domain) => readState(libvirt, domain));
}

export function getInfo(
  libvirt: Libvirt,
  connection: Pointer,
  { uuid }: CallArguments<'getInfo'>,
): DomainInfo {
  return withDomain(libvirt, connection, uuid, (domain) => {
    // struct _virDomainInfo: uchar state, ulong maxMem, ulong memory, ushort nrVirtCpu, ullong cpuTime
    const words = new BigUint64Array(5);
    const bytes = new Uint8Array(words.buffer);
    checkStatus(libvirt, 'virDomainGetInfo', libvirt.functions.virDomainGetInfo(domain, bytes));
    const [, maxMemory = 0n, memory = 0n, , cpuTime = 0n] = words;
    const cpus = new Uint16Array(words.buffer)[12] ?? 0;
    return { maxMemory: Number(maxMemory), memory: Number(memory), cpus, cpuTime };
  });
}

export function getXml(
  libvirt: Libvirt,
  connection: Pointer,
  { uuid, secure, inactive }: CallArguments<'getXml'>,
): string {
  const flags = (secure ? xmlSecure : 0) | (inactive ? xmlInactive : 0);
  return withDomain(libvirt, connection, uuid, (domain) => readXml(libvirt, domain, flags));
}

export function describe(
  libvirt: Libvirt,
  connection: Pointer,
  { uuid, secure }: CallArguments<'describe'>,
): DomainSnapshot {
  return withDomain(libvirt, connection, uuid, (domain) => ({
    ...domainIdentity(libvirt, domain),
    state: readState(libvirt, domain),
    xml: readXml(libvirt, domain, secure ? xmlSecure : 0),
  }));
}

function readState(libvirt: Libvirt, domain: Pointer): DomainState {
  const state = new Int32Array(1);
  const reason = new Int32Array(1);
  checkStatus(
    libvirt,
    'virDomainGetState',
    libvirt.functions.virDomainGetState(
      domain,
      new Uint8Array(state.buffer),
      new Uint8Array(reason.buffer),
      0,
    ),
  );
  return domainState(state[0] ?? -1, reason[0] ?? -1);
}

function readXml(libvirt: Libvirt, domain: Pointer, flags: number): string {
  return libvirt.takeString(
    checkPointer(libvirt, 'virDomainGetXMLDesc', libvirt.functions.virDomainGetXMLDesc(domain, flags)),
  );
}

export function openGraphics(
  libvirt: Libvirt,
  connection: Pointer,
  { uuid, index, skipAuth: skip }: CallArguments<'openGraphics'>,
): number {
  return withDomain(libvirt, connection, uuid, (domain) =>
    checkStatus(
      libvirt,
      'virDomainOpenGraphicsFD',
      libvirt.functions.virDomainOpenGraphicsFD(domain, index, skip ? skipAuth : 0),
    ),
  );
}

export function updateDevice(
  libvirt: Libvirt,
  connection: Pointer,
  { uuid, xml }: CallArguments<'updateDevice'>,
): undefined {
  withDomain(libvirt, connection, uuid, (domain) =>
    checkStatus(
      libvirt,
      'virDomainUpdateDeviceFlags',
      libvirt.functions.virDomainUpdateDeviceFlags(domain, xml, affectLive),
    ),
  );
}

export function sendKey(
  libvirt: Libvirt,
  connection: Pointer,
  { uuid, keycodes, holdTime }: CallArguments<'sendKey'>,
): undefined {
  const codes = new Uint8Array(Uint32Array.from(keycodes).buffer);
  withDomain(libvirt, connection, uuid, (domain) =>
    checkStatus(
      libvirt,
      'virDomainSendKey',
      libvirt.functions.virDomainSendKey(domain, keycodeSetLinux, holdTime, codes, keycodes.length, 0),
    ),
  );
}

/** Does one thing to a domain's power. `create` starts a defined domain. */
export function power(
  libvirt: Libvirt,
  connection: Pointer,
  { uuid, action }: CallArguments<'power'>,
): undefined {
  const { functions } = libvirt;
  const actions: Record<PowerAction, [name: string, call: (domain: Pointer) => number]> = {
    create: ['virDomainCreate', functions.virDomainCreate],
    shutdown: ['virDomainShutdown', functions.virDomainShutdown],
    reboot: ['virDomainReboot', (domain) => functions.virDomainReboot(domain, 0)],
    reset: ['virDomainReset', (domain) => functions.virDomainReset(domain, 0)],
    destroy: ['virDomainDestroy', functions.virDomainDestroy],
    suspend: ['virDomainSuspend', functions.virDomainSuspend],
    resume: ['virDomainResume', functions.virDomainResume],
  };
  const [name, call] = actions[action];
  withDomain(libvirt, connection, uuid, (domain) => checkStatus(libvirt, name, call(domain)));
}
