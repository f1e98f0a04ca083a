import type { Clock } from '@remote-consoles/core';
import { type BootLine, bootLog, stamped } from './boot-log.js';
import { Tty } from './tty.js';

const SHUTDOWN_MS = 500;

/** The system that a simulated machine runs: it boots, and has a shell on its screen and on its serial port. */
export class GuestSystem {
  /** The terminal on the screen. */
  readonly screen: Tty;
  /** The terminal on the serial port. */
  readonly serial: Tty;
  readonly #clock: Clock;
  readonly #bootLog: readonly BootLine[];
  #bootedAt: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(identity: { readonly hostname: string; readonly serverId: string }, clock: Clock) {
    this.#clock = clock;
    this.#bootLog = bootLog(identity.hostname, identity.serverId);
    this.#bootedAt = clock.now();
    this.screen = this.#terminal(identity.hostname, 'tty1');
    this.serial = this.#terminal(identity.hostname, 'ttyS0');
  }

  /** Is up at once, as if it had started before anyone looked. */
  bootUnseen(): void {
    this.#start();
    this.#print(this.#bootLog);
    this.#login();
  }

  /** Starts line by line, as a machine does. */
  boot(): void {
    this.#start();
    this.#printFrom(0);
  }

  /** Stops at once. */
  powerOff(): void {
    clearTimeout(this.#timer);
    for (const tty of [this.screen, this.serial]) tty.hangUp();
  }

  #reboot(): void {
    this.powerOff();
    for (const tty of [this.screen, this.serial]) tty.print('\nThe system is going down for reboot NOW!\n');
    this.#after(SHUTDOWN_MS, () => this.boot());
  }

  #start(): void {
    this.powerOff();
    this.#bootedAt = this.#clock.now();
    for (const tty of [this.screen, this.serial]) tty.print('\u001b[2J\u001b[H');
  }

  /** Prints all lines of the next moment, then waits for the one after. */
  #printFrom(first: number): void {
    const at = this.#bootLog[first]?.at ?? 0;
    const later = this.#bootLog.findIndex((line) => line.at > at);
    this.#print(this.#bootLog.slice(first, later < 0 ? undefined : later));
    const next = this.#bootLog[later];
    if (next) this.#after(next.at - at, () => this.#printFrom(later));
    else this.#login();
  }

  #print(lines: readonly BootLine[]): void {
    const text = lines.map((line) => `${stamped(line)}\n`).join('');
    for (const tty of [this.screen, this.serial]) tty.print(text);
  }

  #login(): void {
    for (const tty of [this.screen, this.serial]) tty.login();
  }

  #after(ms: number, act: () => void): void {
    this.#timer = setTimeout(act, ms).unref();
  }

  #terminal(hostname: string, terminal: string): Tty {
    const clock = this.#clock;
    const bootedAt = () => this.#bootedAt;
    const system = {
      hostname,
      terminal,
      bootLog: this.#bootLog,
      now: () => clock.now(),
      get bootedAt() {
        return bootedAt();
      },
    };
    return new Tty(system, () => this.#reboot());
  }
}
