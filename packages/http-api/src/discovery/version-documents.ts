import { formatMicroversion } from '@remote-consoles/core';
import { MAX_VERSION, MIN_VERSION } from '../microversion/supported-versions.js';
import type { JsonSchema } from '../schema/json-schema.js';

const VERSION = {
  id: 'v2.1',
  status: 'CURRENT',
  version: formatMicroversion(MAX_VERSION),
  min_version: formatMicroversion(MIN_VERSION),
  updated: '2013-07-23T11:33:21Z',
};
const MEDIA_TYPES = [
  { base: 'application/json', type: 'application/vnd.openstack.compute+json;version=2.1' },
];

const LINKS: JsonSchema = {
  type: 'array',
  items: {
    type: 'object',
    properties: { rel: { type: 'string' }, type: { type: 'string' }, href: { type: 'string' } },
    required: ['rel', 'href'],
    additionalProperties: false,
  },
};
const MEDIA_TYPES_SCHEMA: JsonSchema = {
  type: 'array',
  items: {
    type: 'object',
    properties: { base: { type: 'string' }, type: { type: 'string' } },
    required: ['base', 'type'],
    additionalProperties: false,
  },
};
const VERSION_PROPERTIES = {
  id: { type: 'string' },
  status: { type: 'string' },
  version: { type: 'string' },
  min_version: { type: 'string' },
  updated: { type: 'string' },
  links: LINKS,
};

function documentSchema(key: string, content: JsonSchema): JsonSchema {
  return { type: 'object', properties: { [key]: content }, required: [key], additionalProperties: false };
}

function listOf(properties: JsonSchema): JsonSchema {
  return {
    type: 'array',
    items: { type: 'object', properties, required: Object.keys(properties), additionalProperties: false },
  };
}

/** What `GET /` answers: the versions of the API. v2.0 has no microversions, so no remote-consoles: left out. */
export const VERSIONS_SCHEMA = documentSchema('versions', listOf(VERSION_PROPERTIES));

/** @param base see `publicBase` */
export function versionsDocument(base: string): object {
  return { versions: [{ ...VERSION, links: [selfLink(base, '/')] }] };
}

/** What `GET /v2.1` answers. */
export const VERSION_SCHEMA = documentSchema('version', {
  type: 'object',
  properties: { ...VERSION_PROPERTIES, 'media-types': MEDIA_TYPES_SCHEMA },
  required: [...Object.keys(VERSION_PROPERTIES), 'media-types'],
  additionalProperties: false,
});

/** @param base see `publicBase` */
export function versionDocument(base: string): object {
  const description = { rel: 'describedby', type: 'text/html', href: 'http://docs.openstack.org/' };
  return {
    version: { ...VERSION, links: [selfLink(base, '/'), description], 'media-types': MEDIA_TYPES },
  };
}

/** What an address without a version answers, with status 300. */
export const CHOICES_SCHEMA = documentSchema(
  'choices',
  listOf({
    id: { type: 'string' },
    status: { type: 'string' },
    links: LINKS,
    'media-types': MEDIA_TYPES_SCHEMA,
  }),
);

/**
 * @param base see `publicBase`
 * @param path what the client asked for; it exists below the version, if anywhere
 */
export function choicesDocument(base: string, path: string): object {
  const { id, status } = VERSION;
  return { choices: [{ id, status, links: [selfLink(base, path)], 'media-types': MEDIA_TYPES }] };
}

function selfLink(base: string, path: string) {
  return { rel: 'self', href: `${base}/v2.1${path}` };
}
