import { describe, expect, it } from 'vitest';
import { SERVER_ID, server } from '../../test/fakes.js';
import { CONSOLE_PROTOCOLS } from '../console/console-type.js';
import { assertConsoleReady, assertServerReady } from './console-readiness.js';
import { VM_STATES, type VmState } from './server.js';

const HAS_CONSOLE: readonly VmState[] = ['active', 'paused', 'rescued', 'resized', 'error'];

describe('assertConsoleReady', () => {
  it.each(VM_STATES)('vm_state %s', (vmState) => {
    const attempt = () => assertConsoleReady(server({ vmState }), 'vnc');
    if (HAS_CONSOLE.includes(vmState)) expect(attempt).not.toThrow();
    else if (vmState === 'building') {
      expect(attempt).toThrow(
        expect.objectContaining({ code: 'server-not-ready', message: `Instance ${SERVER_ID} is not ready` }),
      );
    } else {
      const message = `Cannot 'get_vnc_console' instance ${SERVER_ID} while it is in vm_state ${vmState}`;
      expect(attempt).toThrow(expect.objectContaining({ code: 'server-state-invalid', message }));
    }
  });

  it.each(CONSOLE_PROTOCOLS)("names Nova's action for %s", (protocol) => {
    expect(() => assertConsoleReady(server({ vmState: 'stopped' }), protocol)).toThrow(
      `'get_${protocol}_console'`,
    );
  });

  it.each(['deleting', 'soft-deleting', 'migrating'])('task_state %s', (taskState) => {
    const message = `Cannot 'get_spice_console' instance ${SERVER_ID} while it is in task_state ${taskState}`;
    expect(() => assertConsoleReady(server({ taskState }), 'spice')).toThrow(
      expect.objectContaining({ code: 'server-state-invalid', message }),
    );
  });

  it.each(['rebooting', 'image_snapshot', 'resize_prep'])('passes task_state %s', (taskState) => {
    expect(() => assertConsoleReady(server({ taskState }), 'vnc')).not.toThrow();
  });

  it('finds no host before anything else', () => {
    const { host: _, ...homeless } = server({ vmState: 'stopped', taskState: 'deleting' });
    expect(() => assertConsoleReady(homeless, 'vnc')).toThrow(
      expect.objectContaining({ code: 'server-not-ready' }),
    );
  });
});

describe('assertServerReady', () => {
  it('lets the log of a stopped server be read', () => {
    expect(() => assertServerReady(server({ vmState: 'stopped' }), 'get_console_output')).not.toThrow();
  });

  it('but not of one that is being deleted', () => {
    expect(() => assertServerReady(server({ taskState: 'deleting' }), 'get_console_output')).toThrow(
      `Cannot 'get_console_output' instance ${SERVER_ID} while it is in task_state deleting`,
    );
  });
});
