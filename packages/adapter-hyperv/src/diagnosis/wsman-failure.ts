import type { LegResult } from '@remote-consoles/core';
import { WsmanFault, WsmanRefused, WsmanUnavailable } from '../wsman/wsman-error.js';

/** What a failed question to a host means; undefined where it is for the connection's error to say. */
export function wsmanFailure(error: unknown): LegResult | undefined {
  const advice = adviceOn(error);
  if (advice === undefined || !(error instanceof Error)) return undefined;
  return { outcome: 'failed', detail: error.message, advice };
}

function adviceOn(error: unknown): string | undefined {
  if (error instanceof WsmanRefused) {
    return /403/.test(error.message)
      ? "Add the account to the host's local group `Remote Management Users`."
      : 'Correct user and password under `winrm`, and see that the method is allowed on the host (winrm get winrm/config/service/auth). Windows locks an account after a few wrong passwords.';
  }
  if (error instanceof WsmanFault) {
    return error.subcode === 'AccessDenied'
      ? "The account may log in but not manage VMs: add it to the host's local group `Hyper-V Administrators`."
      : 'The host does not answer as Hyper-V does: check that the role is installed there, on Windows Server 2012 R2 or later (Get-WindowsFeature Hyper-V).';
  }
  if (error instanceof WsmanUnavailable && error.message === 'no answer in time') {
    return 'The host accepts the connection and then is silent: it is overloaded, or its WinRM hangs (Restart-Service WinRM).';
  }
  if (error instanceof WsmanUnavailable && error.cause === undefined) {
    return 'What answers there is not WinRM, or it is overloaded: check the port (5986 for HTTPS) and Get-Service WinRM on the host.';
  }
  return undefined;
}
