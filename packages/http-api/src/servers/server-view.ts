import { createHash } from 'node:crypto';
import {
  compareMicroversions,
  type Microversion,
  powerState,
  type Server,
  serverStatus,
} from '@remote-consoles/core';
import type { LinkBase } from '../resource.js';
import type { JsonSchema } from '../schema/json-schema.js';

const EMBEDDED_FLAVOR_SINCE: Microversion = { major: 2, minor: 47 };

const LINKS: JsonSchema = {
  type: 'array',
  items: {
    type: 'object',
    properties: { rel: { type: 'string', enum: ['self', 'bookmark', 'next'] }, href: { type: 'string' } },
    required: ['rel', 'href'],
    additionalProperties: false,
  },
};

/** A server in a plain list. */
export const SERVER_SUMMARY: JsonSchema = {
  type: 'object',
  properties: { id: { type: 'string' }, name: { type: 'string' }, links: LINKS },
  required: ['id', 'name', 'links'],
  additionalProperties: false,
};

/** A server in detail: what a hypervisor knows of it; the rest of Nova's fields are empty. */
export const SERVER_DETAIL: JsonSchema = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    name: { type: 'string' },
    links: LINKS,
    status: { type: 'string' },
    tenant_id: { type: 'string' },
    user_id: { type: 'string' },
    hostId: { type: 'string' },
    created: { type: ['string', 'null'] },
    updated: { type: ['string', 'null'] },
    metadata: { type: 'object' },
    image: { type: 'string' },
    flavor: { type: 'object' },
    addresses: { type: 'object' },
    accessIPv4: { type: 'string' },
    accessIPv6: { type: 'string' },
    config_drive: { type: 'string' },
    key_name: { type: ['string', 'null'] },
    'OS-EXT-STS:task_state': { type: ['string', 'null'] },
    'OS-EXT-STS:vm_state': { type: 'string' },
    'OS-EXT-STS:power_state': { type: 'integer' },
  },
  required: ['id', 'name', 'links', 'status', 'tenant_id', 'hostId', 'OS-EXT-STS:vm_state'],
  additionalProperties: false,
};

/** A list of servers; `servers_links` leads to the rest of a long one. */
export function serverList(item: JsonSchema): JsonSchema {
  return {
    type: 'object',
    properties: { servers: { type: 'array', items: item }, servers_links: LINKS },
    required: ['servers'],
    additionalProperties: false,
  };
}

export function showSummary(server: Server, links: LinkBase): object {
  const path = `/servers/${encodeURIComponent(server.id)}`;
  return {
    id: server.id,
    name: server.name,
    links: [
      { rel: 'self', href: links.self + path },
      { rel: 'bookmark', href: links.bookmark + path },
    ],
  };
}

export function showDetail(server: Server, links: LinkBase, version: Microversion): object {
  return {
    ...showSummary(server, links),
    status: serverStatus(server),
    tenant_id: server.projectId,
    user_id: server.userId ?? '',
    hostId: hostId(server),
    created: timestamp(server.createdAt),
    updated: timestamp(server.updatedAt),
    metadata: {},
    image: '',
    flavor: unknownFlavor(version),
    addresses: {},
    accessIPv4: '',
    accessIPv6: '',
    config_drive: '',
    key_name: null,
    'OS-EXT-STS:task_state': server.taskState ?? null,
    'OS-EXT-STS:vm_state': server.vmState,
    'OS-EXT-STS:power_state': powerState(server),
  };
}

/** Clients read one key of the flavor, another one since 2.47; hypervisors know none. */
function unknownFlavor(version: Microversion): object {
  return compareMicroversions(version, EMBEDDED_FLAVOR_SINCE) < 0
    ? { id: '', links: [] }
    : { original_name: '' };
}

/** Nova's way to tell hosts apart without naming them: a digest that differs from project to project. */
function hostId({ projectId, host }: Server): string {
  return host === undefined
    ? ''
    : createHash('sha224')
        .update(projectId + host)
        .digest('hex');
}

/** Nova's format: seconds, in UTC. */
function timestamp(ms: number | undefined): string | null {
  return ms === undefined ? null : `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
