import { ClientError } from './client-error.js';

/** A value of which nothing is known yet. */
export type Json = unknown;
export type JsonObject = Readonly<Record<string, Json>>;

/** @throws ClientError `unexpected-answer` */
export function object(value: Json): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw unexpected('an object');
}

/** @throws ClientError `unexpected-answer` */
export function list(value: Json): readonly Json[] {
  if (Array.isArray(value)) return value;
  throw unexpected('a list');
}

/** @throws ClientError `unexpected-answer` */
export function member(value: JsonObject, key: string): Json {
  if (Object.hasOwn(value, key)) return value[key];
  throw unexpected(`the key ${key}`);
}

/** @throws ClientError `unexpected-answer` */
export function textAt(value: JsonObject, key: string): string {
  const text = member(value, key);
  if (typeof text === 'string') return text;
  throw unexpected(`a text under ${key}`);
}

/** @throws ClientError `unexpected-answer` */
export function numberAt(value: JsonObject, key: string): number {
  const number = member(value, key);
  if (typeof number === 'number') return number;
  throw unexpected(`a number under ${key}`);
}

function unexpected(what: string): ClientError {
  return new ClientError('unexpected-answer', `the API's answer lacks ${what}: is the endpoint right?`);
}
