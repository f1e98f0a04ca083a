import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const script = (name: string): string =>
  fileURLToPath(new URL(`../../../scripts/fixtures/${name}`, import.meta.url));
const PACKAGES = ['freerdp2-shadow-x11', 'winpr-utils', 'tigervnc-standalone-server', 'xterm'];

/** Whether there is a FreeRDP to ask; says so loudly where there is none. In CI that is a failure. */
export function hasFreeRdp(): boolean {
  const { status, stderr } = spawnSync(script('debian-packages.sh'), PACKAGES, { encoding: 'utf8' });
  if (status === 0) return true;
  if (process.env['CI'] === 'true') throw new Error(`FreeRDP must be there in CI: ${stderr}`);
  console.warn(`\n*** SKIPPED: tests against FreeRDP. ${stderr} ***\n`);
  return false;
}

/** A real RDP server: an X desktop with one terminal, shared by FreeRDP's shadow server. */
export class RdpDesktop {
  readonly host = '127.0.0.1';
  readonly port: number;
  readonly account = { user: 'hvadmin', password: 'hvpass', domain: '' };
  /** Where the terminal can leave something to see. Its path needs no Shift to be typed. */
  readonly folder: string;
  readonly #state: string;

  private constructor(port: number, folder: string) {
    this.port = port;
    this.folder = folder;
    this.#state = join(folder, 'state');
  }

  static start(port: number, display: number, security: 'tls' | 'nla'): RdpDesktop {
    const desktop = new RdpDesktop(port, join(tmpdir(), `rdp-${randomBytes(6).toString('hex')}`));
    mkdirSync(desktop.folder);
    execFileSync(script('rdp-up.sh'), ['start', desktop.#state, `${port}`, `${display}`], {
      env: {
        ...process.env,
        RDP_SECURITY: security,
        RDP_USER: desktop.account.user,
        RDP_PASSWORD: desktop.account.password,
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    return desktop;
  }

  /** What the terminal has written to a file of its folder so far. */
  file(name: string): string | undefined {
    const path = join(this.folder, name);
    return existsSync(path) ? readFileSync(path, 'latin1') : undefined;
  }

  /**
   * A command to type that makes the terminal write all it is told into a file, mouse (xterm's mode 1006) and keys, until
   * Ctrl-C; then there is a second file, `NAME-over`.
   */
  recorder(name: string): string {
    const script = join(this.folder, `record-${name}`);
    const lines = [
      'trap : INT',
      'stty -icanon -echo',
      'printf "\\033[2J\\033[?1000h\\033[?1006h"',
      `cat > ${join(this.folder, name)}`,
      'printf "\\033[?1000l"',
      'stty sane',
      `touch ${join(this.folder, `${name}-over`)}`,
    ];
    writeFileSync(script, `${lines.join('\n')}\n`);
    return `sh ${script}`;
  }

  stop(): void {
    spawnSync(script('rdp-up.sh'), ['stop', this.#state]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
