import { LineDiscipline, type TtyEvent } from './line-discipline.js';
import { Scrollback } from './scrollback.js';
import { loginBanner, prompt, runShell, type ShellSystem } from './shell.js';

const SCROLLBACK = 128 * 1024;
const CLEAR = '\u001b[2J\u001b[H';

/** A terminal of a machine with a shell on it. Whoever attaches sees the same text and types into the same line. */
export class Tty {
  readonly #system: ShellSystem;
  readonly #reboot: () => void;
  readonly #scrollback = new Scrollback(SCROLLBACK);
  readonly #listeners = new Set<(text: string) => void>();
  #discipline = new LineDiscipline();
  #listening = false;

  /** @param reboot what the command of that name does */
  constructor(system: ShellSystem, reboot: () => void) {
    this.#system = system;
    this.#reboot = reboot;
  }

  /** What was printed lately, oldest first. */
  get scrollback(): string {
    return this.#scrollback.text;
  }

  /** Calls the listener with all that is printed from now on, until the returned function is called. */
  attach(listener: (text: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Takes what someone typed; a machine that is starting or off does not listen. */
  type(bytes: Uint8Array): void {
    if (!this.#listening) return;
    for (const event of this.#discipline.receive(bytes)) this.#handle(event);
  }

  /** Prints text whose lines end in \n. */
  print(text: string): void {
    const output = text.replaceAll('\n', '\r\n');
    this.#scrollback.append(output);
    for (const listener of this.#listeners) listener(output);
  }

  /** Shows the greeting and begins to listen. */
  login(): void {
    this.#listening = true;
    this.#discipline = new LineDiscipline();
    this.print(loginBanner(this.#system) + prompt(this.#system));
  }

  /** Stops listening. */
  hangUp(): void {
    this.#listening = false;
  }

  #handle(event: TtyEvent): void {
    if (!this.#listening) return;
    switch (event.kind) {
      case 'echo':
        this.print(event.text);
        break;
      case 'line':
        this.#run(event.line);
        break;
      case 'interrupt':
        this.print(prompt(this.#system));
        break;
      case 'end-of-file':
        this.#run('exit');
        break;
      case 'redraw':
        this.print(CLEAR + prompt(this.#system) + event.line);
        break;
    }
  }

  #run(line: string): void {
    const { output, next } = runShell(this.#system, line);
    this.print(output);
    switch (next) {
      case 'prompt':
        this.print(prompt(this.#system));
        break;
      case 'clear':
        this.print(CLEAR + prompt(this.#system));
        break;
      case 'login':
        this.login();
        break;
      case 'reboot':
        this.#reboot();
        break;
    }
  }
}
