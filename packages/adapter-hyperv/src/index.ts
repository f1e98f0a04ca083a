/**
 * RDP consoles of virtual machines on Hyper-V hosts.
 *
 * @packageDocumentation
 */

import { isIPv6 } from 'node:net';
import type { AdapterContext, HypervisorAdapter } from '@remote-consoles/core';
import { HypervHost } from './host/hyperv-host.js';
import {
  configSchema,
  type HostConfig,
  type HypervConfig,
  readConsoleAccount,
  readTrust,
  readWinrmAccount,
} from './hyperv-config.js';
import { type HostEntry, HyperVHypervisor } from './hyperv-hypervisor.js';
import { ServerIdentity } from './inventory/server-identity.js';
import { WmiNamespace } from './wmi/wmi-namespace.js';
import { WsmanSession } from './wsman/wsman-session.js';

export type { HypervConfig } from './hyperv-config.js';

/** All classes of Hyper-V's WMI provider. */
const RESOURCE = 'http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2/*';

/** The part of a question's time that one answer may take: what is late is known before the question is over. */
const SHARE = 0.8;

const adapter: HypervisorAdapter<HypervConfig> = {
  configSchema,
  /** Does not call the hosts yet. Rejects where a CA file cannot be read. */
  async create(config, context) {
    const identity = new ServerIdentity({
      nameTemplate: config.nameTemplate,
      novaNotes: config.novaNotes,
    });
    const hosts = config.hosts.map((host) => createHost(host, { config, context, identity }));
    const { notes, default: otherwise } = config.project;
    return new HyperVHypervisor({
      name: context.name,
      hosts: await Promise.all(hosts),
      identity,
      project: { notes, ...(otherwise !== undefined && { default: otherwise }) },
      logger: context.logger,
      timeout: config.timeout * 1000,
      pollInterval: config.pollInterval * 1000,
    });
  },
};

export default adapter;

async function createHost(
  host: HostConfig,
  about: {
    readonly config: HypervConfig;
    readonly context: AdapterContext;
    readonly identity: ServerIdentity;
  },
): Promise<HostEntry> {
  const { config, context, identity } = about;
  const { configDirectory, clock, logger, random } = context;
  const winrm = host.winrm ?? config.winrm;
  const console = host.console ?? config.console;
  if (!winrm || !console) throw new Error(`host ${host.name} has no account`);
  const address = host.address ?? host.name;
  const timeout = config.timeout * SHARE;
  const server = { host: address, port: host.port, trust: await readTrust(host.trust, configDirectory) };
  const session = new WsmanSession({
    server,
    account: () => readWinrmAccount(winrm, configDirectory),
    clock,
    timeout: timeout * 1000,
  });
  const to = `https://${isIPv6(address) ? `[${address}]` : address}:${host.port}/wsman`;
  const wmi = new WmiNamespace({ session, address: { to, resource: RESOURCE, timeout }, random });
  const readsNotes = config.project.notes || config.novaNotes;
  const trust = await readTrust(host.consoleTrust, configDirectory);
  return {
    host: new HypervHost({ name: host.name, wmi, clock, logger, identity, readsNotes }),
    endpoint: { host: address, port: host.port, tls: { trust: server.trust } },
    listener: async (port) => {
      const account = await readConsoleAccount(console, configDirectory);
      return { host: address, port, trust, account, enhancedSession: console.enhancedSession };
    },
    close: () => session.close(),
  };
}
