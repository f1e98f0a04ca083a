import type { Libvirt } from '../native/libvirt.js';
import type { Pointer } from '../native/native-library.js';
import type { DomainIdentity } from './calls.js';
import { checkPointer, checkStatus } from './last-error.js';

const uuidStringLength = 36;

/** Looks a domain up, works with it and frees it. */
export function withDomain<Result>(
  libvirt: Libvirt,
  connection: Pointer,
  uuid: string,
  work: (domain: Pointer) => Result,
): Result {
  const domain = checkPointer(
    libvirt,
    'virDomainLookupByUUIDString',
    libvirt.functions.virDomainLookupByUUIDString(connection, uuid),
  );
  try {
    return work(domain);
  } finally {
    libvirt.functions.virDomainFree(domain);
  }
}

/** UUID and name of a handle. */
export function domainIdentity(libvirt: Libvirt, domain: Pointer): DomainIdentity {
  const uuid = Buffer.alloc(uuidStringLength + 1);
  checkStatus(libvirt, 'virDomainGetUUIDString', libvirt.functions.virDomainGetUUIDString(domain, uuid));
  return {
    uuid: uuid.toString('latin1', 0, uuidStringLength),
    name: libvirt.readString(
      checkPointer(libvirt, 'virDomainGetName', libvirt.functions.virDomainGetName(domain)),
    ),
  };
}
