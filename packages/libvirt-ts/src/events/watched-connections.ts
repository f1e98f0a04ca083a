import { domainIdentity } from '../calls/domain-handle.js';
import { lastError } from '../calls/last-error.js';
import { graphicsPhase, lifecycleEvent } from '../domain-events.js';
import type { ConnectionEvent } from '../lanes/lane-message.js';
import { LibvirtErrorCode } from '../libvirt-error.js';
import type { Libvirt } from '../native/libvirt.js';
import { NULL, type Pointer } from '../native/native-library.js';

const lifecycleEventId = 0; // VIR_DOMAIN_EVENT_ID_LIFECYCLE
const graphicsEventId = 5; // VIR_DOMAIN_EVENT_ID_GRAPHICS

type Emit = (connection: Pointer, event: ConnectionEvent) => void;

/** The connections whose domain events and whose end are told. Used on the event loop's thread only. */
export class WatchedConnections {
  readonly #libvirt: Libvirt;
  readonly #emit: Emit;
  readonly #lifecycle: Pointer;
  readonly #graphics: Pointer;
  /** Each with libvirt's numbers for what is registered. */
  readonly #watched = new Map<Pointer, { registrations: number[]; alive: boolean }>();

  constructor(libvirt: Libvirt, emit: Emit) {
    this.#libvirt = libvirt;
    this.#emit = emit;
    // (connection, domain, int event, int detail, opaque); opaque is the connection's own pointer
    this.#lifecycle = libvirt.native.callback(
      'int',
      ['pointer', 'pointer', 'int', 'int', 'pointer'],
      (connection = 0, domain = 0, event = -1, detail = -1) => {
        const told = { ...domainIdentity(libvirt, domain as Pointer), ...lifecycleEvent(event, detail) };
        emit(connection as Pointer, { type: 'lifecycle', event: told });
        return 0;
      },
    );
    // (connection, domain, int phase, local address, remote address, char *scheme, subject, opaque)
    this.#graphics = libvirt.native.callback(
      'void',
      ['pointer', 'pointer', 'int', 'pointer', 'pointer', 'pointer', 'pointer', 'pointer'],
      (connection = 0, domain = 0, phase = -1, _local, remote = 0, scheme = 0) => {
        const told = {
          ...domainIdentity(libvirt, domain as Pointer),
          phase: graphicsPhase(phase),
          remote: readAddress(libvirt, remote as Pointer),
          authScheme: libvirt.readString(scheme as Pointer),
        };
        emit(connection as Pointer, { type: 'graphics', event: told });
        return undefined;
      },
    );
  }

  add(connection: Pointer): undefined {
    const registrations: number[] = [];
    this.#watched.set(connection, { registrations, alive: true });
    this.#register(connection, lifecycleEventId, this.#lifecycle, registrations);
    this.#register(connection, graphicsEventId, this.#graphics, registrations);
  }

  #register(connection: Pointer, id: number, callback: Pointer, registrations: number[]): void {
    const { functions } = this.#libvirt;
    const registration = functions.virConnectDomainEventRegisterAny(
      connection,
      NULL,
      id,
      callback,
      NULL,
      NULL,
    );
    if (registration >= 0) {
      registrations.push(registration);
      return;
    }
    const error = lastError(this.#libvirt, 'virConnectDomainEventRegisterAny');
    if (error.code !== LibvirtErrorCode.noSupport) throw error; // some drivers have no events
  }

  remove(connection: Pointer): undefined {
    for (const registration of this.#watched.get(connection)?.registrations ?? []) {
      this.#libvirt.functions.virConnectDomainEventDeregisterAny(connection, registration);
    }
    this.#watched.delete(connection);
  }

  /**
   * Tells of connections that have ended. Asking after each turn of the loop replaces libvirt's close
   * callback, which runs on whichever thread meets the end and could not be taken from there.
   */
  checkAlive(): void {
    for (const [connection, watch] of this.#watched) {
      if (!watch.alive || this.#libvirt.functions.virConnectIsAlive(connection) === 1) continue;
      watch.alive = false;
      this.#emit(connection, { type: 'lost', reason: 'the connection to the libvirt daemon ended' });
    }
  }
}

/** struct _virDomainEventGraphicsAddress: int family, char *node, char *service */
function readAddress(libvirt: Libvirt, address: Pointer): { node: string; service: string } {
  if (address === NULL) return { node: '', service: '' };
  const [, node = NULL, service = NULL] = libvirt.readPointers(address, 3);
  return { node: libvirt.readString(node), service: libvirt.readString(service) };
}
