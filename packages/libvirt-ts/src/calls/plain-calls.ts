import type { Libvirt } from '../native/libvirt.js';
import type { Pointer } from '../native/native-library.js';
import type { CallArguments, CallResult, PlainCallName } from './calls.js';
import * as connectionCalls from './connection-calls.js';
import * as domainCalls from './domain-calls.js';
import { screenshot } from './screenshot.js';

type PlainCalls = {
  [Name in PlainCallName]: (
    libvirt: Libvirt,
    connection: Pointer,
    args: CallArguments<Name>,
  ) => CallResult<Name>;
};

const plainCalls: PlainCalls = {
  open: (libvirt, _connection, args) => connectionCalls.open(libvirt, args),
  close: connectionCalls.close,
  isAlive: connectionCalls.isAlive,
  hostname: connectionCalls.hostname,
  listDomains: connectionCalls.listDomains,
  lookup: connectionCalls.lookup,
  getState: domainCalls.getState,
  getInfo: domainCalls.getInfo,
  getXml: domainCalls.getXml,
  describe: domainCalls.describe,
  openGraphics: domainCalls.openGraphics,
  updateDevice: domainCalls.updateDevice,
  screenshot,
  sendKey: domainCalls.sendKey,
  power: domainCalls.power,
};

/** Makes one synchronous call on this thread. Throws {@link LibvirtError}. */
export function runPlainCall<Name extends PlainCallName>(
  libvirt: Libvirt,
  connection: Pointer,
  name: Name,
  args: CallArguments<Name>,
): CallResult<Name> {
  return plainCalls[name](libvirt, connection, args);
}
