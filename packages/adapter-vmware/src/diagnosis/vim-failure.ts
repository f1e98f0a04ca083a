import { causesOf, type LegResult } from '@remote-consoles/core';
import { VimFault, VimUnavailable } from '../soap/vim-error.js';

/** What to do about faults of vSphere. */
const FAULTS: Readonly<Record<string, string>> = {
  InvalidLogin:
    'Correct `user` (with its domain, such as svc@vsphere.local) and password. vCenter locks an account after a few wrong passwords.',
  NoPermission:
    "Give the account's role the privileges System.View on the VMs and VirtualMachine.Interact.ConsoleInteract, with propagation.",
  NotAuthenticated: 'The session ended at once: see whether the account may have more sessions.',
  HostNotConnected: 'vCenter has lost the host of the VM: reconnect it there.',
};

/** What a failed question to vSphere means; undefined where it is for the connection's error, or for core, to say. */
export function vimFailure(error: unknown): LegResult | undefined {
  const cause = causesOf(error).find((one) => one instanceof VimFault || one instanceof VimUnavailable);
  const advice = cause && adviceOn(cause);
  return advice === undefined ? undefined : { outcome: 'failed', detail: cause?.message ?? '', advice };
}

function adviceOn(error: VimFault | VimUnavailable): string | undefined {
  if (error instanceof VimFault) {
    return Object.hasOwn(FAULTS, error.fault)
      ? FAULTS[error.fault]
      : 'vSphere refuses: look for the task or event in vCenter, and at its vpxd.log.';
  }
  if (/hostTrust/.test(error.message)) {
    return 'Set hostTrust in the configuration: to `system`, or to the CA that signed the certificates of the hosts.';
  }
  if (error.message === 'no answer in time') {
    return 'vSphere accepts the connection and then is silent: it is starting or overloaded; see its service vpxd or hostd.';
  }
  if (error.cause !== undefined) return undefined;
  return 'What answers there is not the vSphere API, or it is starting: check `url`, and open it with /sdk/vimServiceVersions.xml in a browser.';
}
