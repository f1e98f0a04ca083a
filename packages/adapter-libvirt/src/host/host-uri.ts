/** The parts of a libvirt URI (https://libvirt.org/uri.html) that say where its hypervisor is. */
export interface HostUri {
  readonly text: string;
  /** `qemu`, `test`, … */
  readonly driver: string;
  /** The machine, in a form that can be dialled; undefined for this one. */
  readonly machine: string | undefined;
  /** Whether the daemon is reached through a local socket, so that it can pass file descriptors. */
  readonly localSocket: boolean;
}

const form =
  /^([a-z0-9]+)(?:\+([a-z0-9]+))?:\/\/(?:[^/?@]*@)?(\[[0-9a-f:.]+\]|[^/?:]*)(?::\d+)?(?:[/?].*)?$/i;

/** Reads `driver[+transport]://[user@][host][:port]/[path][?parameters]`; undefined where the text is none. */
export function parseHostUri(text: string): HostUri | undefined {
  const [, driver, transport, host = ''] = form.exec(text) ?? [];
  if (driver === undefined) return undefined;
  const machine = host.replace(/^\[|\]$/g, '') || undefined;
  return {
    text,
    driver: driver.toLowerCase(),
    machine,
    localSocket: machine === undefined && (transport === undefined || transport.toLowerCase() === 'unix'),
  };
}
