import type { Request } from 'express';
import { unsupportedContentType } from '../fault/api-fault.js';

const JSON_TYPE = 'application/json';
const VENDOR_TYPE = 'application/vnd.openstack.compute+json';
/** A body without a type, or with the one that old HTTP libraries filled in, is taken for JSON. */
const ACCEPTED: ReadonlySet<string> = new Set(['', 'text/plain', JSON_TYPE, VENDOR_TYPE]);

/**
 * Checks the type of the request's body, whether or not there is one.
 *
 * @throws ApiFault 415
 */
export function assertContentType(header: string | undefined): void {
  if (header === undefined || header === JSON_TYPE) return;
  const [type = ''] = header.split(';', 1);
  if (!ACCEPTED.has(type.trim().toLowerCase())) throw unsupportedContentType();
}

/** The type of a successful answer: plain JSON unless the client prefers Nova's own name for it. */
export function answerContentType(request: Request): string {
  const accept = request.headers.accept;
  if (!accept?.includes(VENDOR_TYPE)) return JSON_TYPE;
  return request.accepts([JSON_TYPE, VENDOR_TYPE]) || JSON_TYPE;
}
