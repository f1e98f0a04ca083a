import { type BootLine, KERNEL, stamped } from './boot-log.js';

/** What the shell knows of its machine. */
export interface ShellSystem {
  readonly hostname: string;
  /** The terminal that the shell runs on, such as ttyS0. */
  readonly terminal: string;
  readonly bootLog: readonly BootLine[];
  /** ms since the epoch */
  readonly bootedAt: number;
  /** ms since the epoch */
  now(): number;
}

/** What a command prints, and what the terminal does then. */
export interface ShellResult {
  /** Lines end in \n. */
  readonly output: string;
  readonly next: 'prompt' | 'clear' | 'login' | 'reboot';
}

interface Command {
  readonly help: string;
  run(system: ShellSystem, words: readonly string[], line: string): ShellResult;
}

const COMMANDS: ReadonlyMap<string, Command> = new Map<string, Command>([
  ['help', { help: 'this list', run: () => print(help()) }],
  ['clear', { help: 'an empty screen', run: () => ({ output: '', next: 'clear' }) }],
  ['date', { help: 'the time, UTC', run: (system) => print(date(system.now())) }],
  ['dmesg', { help: 'what the kernel said', run: ({ bootLog }) => print(bootLog.map(stamped).join('\n')) }],
  [
    'echo',
    {
      help: 'the words after it',
      run: (_system, _words, line) => print(unquoted(line.trim().slice('echo '.length))),
    },
  ],
  ['exit', { help: 'log out and in again', run: () => ({ output: 'logout\n', next: 'login' }) }],
  ['hostname', { help: 'the name of this machine', run: ({ hostname }) => print(hostname) }],
  ['ps', { help: 'what runs here', run: ({ terminal }) => print(processes(terminal)) }],
  ['reboot', { help: 'start again', run: () => ({ output: '', next: 'reboot' }) }],
  ['uname', { help: 'the system; -a for more', run: (system, words) => print(uname(system, words)) }],
  ['uptime', { help: 'how long it has run', run: (system) => print(uptime(system)) }],
  ['whoami', { help: 'who you are', run: () => print('root') }],
]);

/** Runs one line of the simulated machine's shell. */
export function runShell(system: ShellSystem, line: string): ShellResult {
  const words = line.trim().split(/\s+/);
  const [name = ''] = words;
  if (name === '') return { output: '', next: 'prompt' };
  const command = COMMANDS.get(name);
  return command ? command.run(system, words, line) : print(`sh: ${name.slice(0, 64)}: not found; try help`);
}

/** The greeting before the first prompt. */
export function loginBanner({ hostname, terminal }: ShellSystem): string {
  return `\n${KERNEL} ${hostname} ${terminal}\n\n${hostname} login: root (automatic login)\nType help for what there is to try.\n\n`;
}

export function prompt({ hostname }: ShellSystem): string {
  return `\u001b[32mroot@${hostname}\u001b[0m:\u001b[34m~\u001b[0m# `;
}

function print(text: string): ShellResult {
  return { output: `${text}\n`, next: 'prompt' };
}

/** Quotes hold words together and are not part of them. */
function unquoted(text: string): string {
  return text.replace(
    /"([^"]*)"|'([^']*)'/g,
    (_, double?: string, single?: string) => double ?? single ?? '',
  );
}

function help(): string {
  return [...COMMANDS].map(([name, { help }]) => `  ${name.padEnd(10)}${help}`).join('\n');
}

function uname({ hostname }: ShellSystem, words: readonly string[]): string {
  return words.includes('-a') ? `Memory ${hostname} ${KERNEL} #1 SMP simulated GNU/None` : 'Memory';
}

/** As `date` prints it: Tue Nov 24 14:03:27 UTC 2026. */
function date(now: number): string {
  const [weekday = '', day = '', month = '', year = '', time = ''] = new Date(now).toUTCString().split(/,? /);
  return `${weekday} ${month} ${day} ${time} UTC ${year}`;
}

function uptime(system: ShellSystem): string {
  const seconds = Math.max(0, Math.floor((system.now() - system.bootedAt) / 1000));
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const [hours = '', minutes = '', rest = ''] = parts.map((part) => String(part).padStart(2, '0'));
  return `up ${hours}:${minutes}:${rest}, 1 user, load average: 0.00, 0.00, 0.00`;
}

function processes(terminal: string): string {
  const rows = [
    ['1', '?', 'systemd'],
    ['87', '?', 'systemd-journald'],
    ['141', 'tty1', 'getty'],
    ['142', 'ttyS0', 'getty'],
    ['203', terminal, 'sh'],
    ['211', terminal, 'ps'],
  ];
  return [
    '  PID TTY      CMD',
    ...rows.map(([pid = '', tty = '', cmd = '']) => `${pid.padStart(5)} ${tty.padEnd(8)} ${cmd}`),
  ].join('\n');
}
