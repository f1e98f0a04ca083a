import { CONSOLE_TYPES } from '@remote-consoles/core';
import type { Config } from './config-schema.js';
import { ROLES, rolesOf } from './role.js';

const MEMORY_STORE = '@remote-consoles/token-store-memory';

/** Says one thing that is wrong, at its place in the configuration. */
export type Report = (path: (string | number)[], message: string) => void;

/** What must hold between the roles, the listeners, the URLs and the token store of a process. */
export function checkRoles(config: Config, report: Report): void {
  checkListeners(config, report);
  checkUrls(config, report);
  if (config.roles.length < ROLES.length && config.tokenStore.module === MEMORY_STORE) {
    const message =
      'tokens in memory are known to this process only, but roles leaves the other half of the work to other processes; use @remote-consoles/token-store-redis';
    report(['tokenStore', 'module'], message);
  }
}

function checkListeners(config: Config, report: Report): void {
  for (const { path, roles = [] } of config.listen) {
    for (const role of roles) {
      if (!config.roles.includes(role)) {
        report([...path, 'roles'], `${role} is not one of the roles of this process, ${config.roles.join()}`);
      }
    }
  }
  const served = new Set(config.listen.flatMap((listener) => rolesOf(config, listener)));
  for (const role of config.roles) {
    if (!served.has(role)) report(['listen'], `no listener has the role ${role}`);
  }
}

function checkUrls(config: Config, report: Report): void {
  const { listen, publicUrl, gateway, roles, consoles } = config;
  if (publicUrl === undefined && listen.some(({ address }) => address.port === 0)) {
    report(['publicUrl'], 'is needed where the system chooses the port');
  }
  const elsewhere = CONSOLE_TYPES.every(
    (type) => typeof (consoles[type] ?? true) === 'object' || consoles[type] === false,
  );
  if (!roles.includes('gateway') && gateway.publicUrl === undefined && !elsewhere) {
    report(['gateway', 'publicUrl'], 'is needed: this process gives out URLs of consoles that others serve');
  }
}
