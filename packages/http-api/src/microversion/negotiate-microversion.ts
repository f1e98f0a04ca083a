import type { IncomingHttpHeaders } from 'node:http';
import {
  formatMicroversion,
  type Microversion,
  microversionWithin,
  parseMicroversion,
} from '@remote-consoles/core';
import { ApiFault, badRequest } from '../fault/api-fault.js';
import { shortened } from '../schema/shortened.js';
import { MAX_VERSION, MIN_VERSION } from './supported-versions.js';

/** What clients send nearly always. */
const PLAIN_HEADER = /^compute ([\d.]+)$/;
const WELL_FORMED = /^[1-9]\d*\.([1-9]\d*|0)$/;

/**
 * The microversion that the headers ask for, as microversion_parse and Nova read them: `OpenStack-API-Version` wins
 * over the legacy header, its last entry for `compute` counts, `latest` is ours, and none at all means 2.1.
 *
 * @throws ApiFault 400 where it is not `MAJOR.MINOR`
 */
export function requestedVersion(headers: IncomingHttpHeaders): string {
  const text = standardHeader(headers) ?? legacyHeader(headers);
  if (text === undefined) return formatMicroversion(MIN_VERSION);
  if (text === 'latest') return formatMicroversion(MAX_VERSION);
  const shown = shortened(text);
  if (WELL_FORMED.test(text)) return shown;
  throw badRequest(`API Version String ${shown} is of invalid format. Must be of format MajorNum.MinorNum.`);
}

/**
 * @param text as {@link requestedVersion} returned it
 * @throws ApiFault 406 where it lies outside of the supported range
 */
export function supportedVersion(text: string): Microversion {
  const version = parseMicroversion(text);
  if (version && microversionWithin(version, MIN_VERSION, MAX_VERSION)) return version;
  const range = `Minimum is ${formatMicroversion(MIN_VERSION)} and maximum is ${formatMicroversion(MAX_VERSION)}.`;
  throw new ApiFault(406, `Version ${text} is not supported by the API. ${range}`);
}

function standardHeader(headers: IncomingHttpHeaders): string | undefined {
  const header = headerText(headers, 'openstack-api-version');
  if (header === undefined) return undefined;
  const plain = PLAIN_HEADER.exec(header);
  if (plain) return plain[1];
  for (const entry of header.split(',').reverse()) {
    const [service, ...rest] = entry.trim().split(/\s+/);
    if (rest.length > 0 && service?.toLowerCase() === 'compute') return rest.join(' ');
  }
  return undefined;
}

function legacyHeader(headers: IncomingHttpHeaders): string | undefined {
  return headerText(headers, 'x-openstack-nova-api-version')?.split(',').at(-1)?.trim();
}

function headerText(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(',') : value;
}
