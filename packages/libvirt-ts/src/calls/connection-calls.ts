import { LibvirtErrorCode } from '../libvirt-error.js';
import type { Libvirt } from '../native/libvirt.js';
import { NULL, type Pointer } from '../native/native-library.js';
import type { CallArguments, DomainIdentity, OpenArguments } from './calls.js';
import { withAuth } from './connection-auth.js';
import { domainIdentity, withDomain } from './domain-handle.js';
import { checkPointer, checkStatus, lastError } from './last-error.js';

const connectReadOnly = 1; // VIR_CONNECT_RO
const listActive = 1; // VIR_CONNECT_LIST_DOMAINS_ACTIVE
const listInactive = 2; // VIR_CONNECT_LIST_DOMAINS_INACTIVE

export function open(libvirt: Libvirt, options: OpenArguments): Pointer {
  const connection = withAuth(libvirt, options, (auth) =>
    checkPointer(
      libvirt,
      'virConnectOpenAuth',
      libvirt.functions.virConnectOpenAuth(options.uri, auth, options.readOnly ? connectReadOnly : 0),
    ),
  );
  try {
    setKeepAlive(libvirt, connection, options.keepAlive);
  } catch (error) {
    libvirt.functions.virConnectClose(connection);
    throw error;
  }
  return connection;
}

function setKeepAlive(
  libvirt: Libvirt,
  connection: Pointer,
  { interval, count }: OpenArguments['keepAlive'],
): void {
  if (libvirt.functions.virConnectSetKeepAlive(connection, interval, count) >= 0) return;
  const error = lastError(libvirt, 'virConnectSetKeepAlive');
  if (error.code !== LibvirtErrorCode.noSupport) throw error; // drivers without a daemon have nothing to keep alive
}

export function close(libvirt: Libvirt, connection: Pointer): number {
  return checkStatus(libvirt, 'virConnectClose', libvirt.functions.virConnectClose(connection));
}

export function isAlive(libvirt: Libvirt, connection: Pointer): boolean {
  return checkStatus(libvirt, 'virConnectIsAlive', libvirt.functions.virConnectIsAlive(connection)) === 1;
}

export function hostname(libvirt: Libvirt, connection: Pointer): string {
  return libvirt.takeString(
    checkPointer(libvirt, 'virConnectGetHostname', libvirt.functions.virConnectGetHostname(connection)),
  );
}

export function listDomains(
  libvirt: Libvirt,
  connection: Pointer,
  { only }: CallArguments<'listDomains'>,
): DomainIdentity[] {
  const flags = only === 'active' ? listActive : only === 'inactive' ? listInactive : 0;
  const out = new Uint8Array(8);
  const count = libvirt.functions.virConnectListAllDomains(connection, out, flags);
  checkStatus(libvirt, 'virConnectListAllDomains', count);
  const array = Number(new BigUint64Array(out.buffer)[0]) as Pointer;
  const domains = array === NULL ? [] : libvirt.readPointers(array, count);
  try {
    return domains.map((domain) => domainIdentity(libvirt, domain));
  } finally {
    for (const domain of domains) libvirt.functions.virDomainFree(domain);
    libvirt.libc.free(array);
  }
}

export function lookup(libvirt: Libvirt, connection: Pointer, by: CallArguments<'lookup'>): DomainIdentity {
  if ('uuid' in by)
    return withDomain(libvirt, connection, by.uuid, (domain) => domainIdentity(libvirt, domain));
  const domain = checkPointer(
    libvirt,
    'virDomainLookupByName',
    libvirt.functions.virDomainLookupByName(connection, by.name),
  );
  try {
    return domainIdentity(libvirt, domain);
  } finally {
    libvirt.functions.virDomainFree(domain);
  }
}
