import { fileURLToPath } from 'node:url';
import { CONSOLE_TYPES } from '@remote-consoles/core';
import { Command, InvalidArgumentError, Option } from 'commander';
import { ConfigError } from './config/config-problem.js';
import { isLoopback, type ListenAddress, parseListenAddress } from './config/listen-address.js';
import { loadParts } from './config/load-parts.js';
import { type ConfigFile, readConfig } from './config/read-config.js';
import { demoBanner } from './demo/demo-banner.js';
import type { DoctorOptions } from './doctor/run-doctor-command.js';
import { checkPolicy, type PolicyQuestion } from './policy/check-policy.js';
import { loadPolicyOverrides } from './policy/load-policy.js';
import { runServer } from './run-server.js';
import { VERSION } from './version.js';

/** The demo's configuration file, a full example of one. */
const DEMO_CONFIG = fileURLToPath(new URL('../demo.yaml', import.meta.url));

/** Exit code for a configuration or command line that cannot be used. */
const EXIT_USAGE = 2;

/** Exit code of `policy check` for a user who may not. */
const EXIT_DENIED = 1;

/** Exit code of `doctor` where a leg failed. */
const EXIT_UNWELL = 1;

interface Options {
  readonly config?: string;
  readonly listen?: ListenAddress;
}

type DoctorCommandOptions = DoctorOptions & Pick<Options, 'config'>;
type PolicyOptions = Omit<PolicyQuestion, 'rule'> & Pick<Options, 'config'>;

const configOption = () =>
  new Option('-c, --config <file>', 'configuration file (YAML)').env('REMOTE_CONSOLES_CONFIG');

const parseListen = (text: string): ListenAddress => {
  const address = parseListenAddress(text);
  if (!address) throw new InvalidArgumentError('It must be HOST:PORT, such as 127.0.0.1:8774.');
  return address;
};

const parseRoles = (text: string): readonly string[] =>
  text
    .split(',')
    .map((role) => role.trim())
    .filter((role) => role !== '');

const listenOption = () =>
  new Option('-l, --listen <host:port>', 'where to listen, instead of what the configuration says')
    .env('REMOTE_CONSOLES_LISTEN')
    .argParser(parseListen);

/** The command line. */
export function createCli(): Command {
  const cli = new Command('remote-consoles')
    .description('One URL for the console of every virtual machine, on any hypervisor.')
    .helpOption('-h, --help', 'show what there is')
    .helpCommand(false)
    .showHelpAfterError('(--help shows what there is)')
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : EXIT_USAGE));
  cli
    .command('serve')
    .description('serve the API, the pages and the gateway')
    .addOption(configOption().makeOptionMandatory())
    .addOption(listenOption())
    .action((options: Options) => reportProblems(() => serve(options)));
  cli
    .command('check-config')
    .description('say everything that is wrong with a configuration file, without starting')
    .addOption(configOption().makeOptionMandatory())
    .action((options: Options) => reportProblems(() => checkConfig(options)));
  cli
    .command('demo')
    .description('serve made-up machines with live consoles, on this machine only')
    .addOption(listenOption())
    .action((options: Options) => reportProblems(() => demo(options)));
  cli
    .command('tunnel')
    .description('let a native VNC viewer in: reads a console URL of type xvpvnc from standard input')
    .addOption(
      new Option('-l, --listen <host:port>', 'where the viewer finds it, on this machine')
        .default({ host: '127.0.0.1', port: 5901 }, '127.0.0.1:5901')
        .argParser(parseListen),
    )
    .action(({ listen }: { listen: ListenAddress }) => reportProblems(() => tunnel(listen)));
  addDoctorCommand(cli);
  addPolicyCommand(cli);
  cli
    .command('version')
    .description('print the version')
    .action(() => {
      process.stdout.write(`${VERSION}\n`);
    });
  return cli;
}

function addDoctorCommand(cli: Command): void {
  cli
    .command('doctor')
    .description(
      "walk the way to a server's console leg by leg, and say where it ends and what to do; exit code 0 all is well, 1 something failed, 2 usage",
    )
    .addOption(configOption().makeOptionMandatory())
    .option(
      '-s, --server <id>',
      "the server's id; without it the parts that the configuration names are checked",
    )
    .addOption(
      new Option('-t, --type <type>', 'the console (default: the first that the server has)').choices(
        CONSOLE_TYPES,
      ),
    )
    .option('--json', 'a JSON object for each leg, one a line, and { "well": … } at the end')
    .addHelpText('after', DOCTOR_HELP)
    .action((options: DoctorCommandOptions) => reportProblems(() => doctor(options)));
}

const DOCTOR_HELP = `
Run it on the machine and as the user that remote-consoles runs as. It logs in with the accounts of the configuration,
once each, opens the console up to where a viewer would take over, and asks for its page as a browser would. No
password, ticket or token is printed. A serial console that only one can have is taken for a moment.`;

function addPolicyCommand(cli: Command): void {
  cli
    .command('policy')
    .description('ask what the policy allows')
    .command('check')
    .description(
      'say whether a user may, and which parts of the rule hold; exit code 0 allowed, 1 denied, 2 usage',
    )
    .argument('<rule>', "the rule's name, such as os_compute_api:os-remote-consoles")
    .addOption(configOption())
    .requiredOption(
      '-r, --roles <roles>',
      "the user's roles, with commas; those they imply are added",
      parseRoles,
    )
    .requiredOption('-p, --project <id>', "the user's project")
    .option('-u, --user <id>', 'the user')
    .option('--target-project <id>', "the machine's project (default: the user's)")
    .option('--target-user <id>', "the machine's owner (default: the user)")
    .addHelpText('after', "\nWithout a configuration file Nova's defaults decide.")
    .action((rule: string, options: PolicyOptions) =>
      reportProblems(() => policyCheck({ ...options, rule }, options.config)),
    );
}

async function serve(options: Options): Promise<void> {
  const file = withListen(await readConfig(options.config ?? ''), options.listen);
  if (file.config.workers === 1) {
    await runServer(file);
    return;
  }
  const { runWorkers } = await import('./workers/run-workers.js');
  await runWorkers(file);
}

async function checkConfig({ config = '' }: Options): Promise<void> {
  await loadParts(await readConfig(config));
  process.stdout.write(`${config}: no problems\n`);
}

async function policyCheck(question: PolicyQuestion, config: string | undefined): Promise<void> {
  const overrides = config === undefined ? {} : await loadPolicyOverrides(await readConfig(config));
  const { allowed, text } = checkPolicy(overrides, question);
  process.stdout.write(text);
  if (!allowed) process.exitCode = EXIT_DENIED;
}

async function demo({ listen }: Options): Promise<void> {
  if (listen && !isLoopback(listen)) {
    const message =
      'the demo has well-known API tokens, so it listens on loopback only, such as 127.0.0.1:8774';
    throw new ConfigError('--listen', [{ path: '', message }]);
  }
  const file = withListen(await readConfig(DEMO_CONFIG), listen);
  await runServer(file, { started: demoBanner });
}

async function tunnel(listen: ListenAddress): Promise<void> {
  if (!isLoopback(listen)) {
    const message = 'whoever reaches the tunnel has the console, so it listens on loopback only';
    throw new ConfigError('--listen', [{ path: '', message }]);
  }
  const { runTunnel } = await import('./tunnel/run-tunnel.js');
  await runTunnel(listen);
}

async function doctor({ config = '', ...options }: DoctorCommandOptions): Promise<void> {
  const { runDoctorCommand } = await import('./doctor/run-doctor-command.js');
  const well = await runDoctorCommand(await readConfig(config), options);
  // A leg that was given up may still be waiting for its answer.
  process.stdout.write('', () => process.exit(well ? 0 : EXIT_UNWELL));
}

function withListen(file: ConfigFile, address: ListenAddress | undefined): ConfigFile {
  if (!address) return file;
  const [only, ...others] = file.config.listen;
  if (!only || others.length > 0) {
    const message = 'the configuration has several listeners; change them there';
    throw new ConfigError('--listen', [{ path: '', message }]);
  }
  return { ...file, config: { ...file.config, listen: [{ ...only, address }] } };
}

/** Operators read a list of problems, not a stack trace. */
async function reportProblems(command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = EXIT_USAGE;
  }
}
