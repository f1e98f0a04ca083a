/** A line that the kernel prints, and when, in ms since it started. */
export interface BootLine {
  readonly at: number;
  readonly text: string;
}

/** The kernel's name in all its messages: nobody should take this machine for a real one. */
export const KERNEL = 'memory 1.0.0';

/** What a machine prints while it starts. */
export function bootLog(hostname: string, serverId: string): readonly BootLine[] {
  return LINES.map(([at, text]) => ({
    at,
    text: text.replace('{hostname}', hostname).replace('{id}', serverId).replace('{kernel}', KERNEL),
  }));
}

/** The line as the kernel prints it, with its time in seconds. */
export function stamped({ at, text }: BootLine): string {
  return `\u001b[2m[${(at / 1000).toFixed(6).padStart(12)}]\u001b[0m ${text}`;
}

const LINES: readonly (readonly [number, string])[] = [
  [0, '{kernel}: a simulated machine of remote-consoles'],
  [0, 'Command line: root=/dev/vda1 console=tty1 console=ttyS0,115200n8'],
  [2, 'BIOS-provided physical memory map: 0x0000000000000000-0x000000003fffffff usable'],
  [4, 'DMI: Remote Consoles Memory Hypervisor, {id}'],
  [11, 'clocksource: monotonic, whatever the host says'],
  [14, 'Memory: 1010200K/1048576K available'],
  [21, 'smpboot: Total of 2 processors activated'],
  [95, 'pci 0000:00:02.0: VGA compatible display, 1024x768x32, resizable'],
  [130, 'Serial: 16550A, ttyS0 at I/O 0x3f8, 115200 baud'],
  [170, 'input: QWERTY keyboard as /devices/platform/keyboard'],
  [172, 'input: absolute pointer as /devices/platform/pointer'],
  [260, 'virtio_blk virtio0: [vda] 4194304 512-byte logical blocks (2.15 GB/2.00 GiB)'],
  [288, 'vda: vda1'],
  [390, 'virtio_net virtio1 eth0: link is up'],
  [520, 'EXT4-fs (vda1): mounted filesystem read-only, ordered data mode'],
  [610, 'random: crng init done'],
  [740, 'systemd[1]: Hostname set to <{hostname}>'],
  [810, 'systemd[1]: Started Journal Service'],
  [1090, 'systemd[1]: Reached target Network'],
  [1320, 'systemd[1]: Started Getty on tty1'],
  [1340, 'systemd[1]: Started Serial Getty on ttyS0'],
  [1480, 'systemd[1]: Reached target Multi-User System'],
];
