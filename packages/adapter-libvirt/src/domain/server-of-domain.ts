import type { Server } from '@remote-consoles/core';
import type { DomainState } from 'libvirt-ts';
import type { DomainDescription } from './domain-description.js';
import { serverState } from './server-state.js';

/** A domain as one host has it. */
export interface HostedDomain {
  /** The host's configured name. */
  readonly host: string;
  readonly state: DomainState;
  readonly description: DomainDescription;
}

/**
 * The server that a domain is. Undefined where nothing says whose it is: without a project there is nobody
 * whom policy could let in.
 */
export function serverOfDomain(
  { host, state, description }: HostedDomain,
  defaultProject: string | undefined,
): Server | undefined {
  const { uuid, name, title, metadata } = description;
  const projectId = metadata.projectId ?? defaultProject;
  if (projectId === undefined) return undefined;
  return {
    id: uuid,
    name: metadata.name ?? title ?? name,
    projectId,
    ...(metadata.userId !== undefined && { userId: metadata.userId }),
    host,
    ...serverState(state),
    ...(metadata.createdAt !== undefined && { createdAt: metadata.createdAt }),
  };
}
