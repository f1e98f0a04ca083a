import { malformedBody } from '../fault/api-fault.js';
import type { JsonBody } from '../request/json-body.js';

/**
 * Which action a body asks for: its only key.
 *
 * @throws ApiFault 400 for none, several, or a body that is no object
 */
export function actionName({ value }: JsonBody): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformedBody();
  const [name, ...others] = Object.keys(value);
  if (name === undefined || others.length > 0) throw malformedBody();
  return name;
}
