import type { ErrorObject } from 'ajv/dist/2020.js';
import { pythonRepr, pythonStr } from './python-repr.js';
import type { PythonValue } from './python-value.js';
import { ECHO_LIMIT, shortened } from './shortened.js';

/**
 * Nova's words for the first thing that is wrong with a body.
 *
 * @param errors in the order in which Python's jsonschema finds them, at least one
 */
export function bodyMessage(errors: readonly ErrorObject[], body: PythonValue): string {
  const { error, path, value, message } = firstProblem(errors, body);
  return path.length === 0 ? message : invalidInput(path.at(-1) ?? error.instancePath, value, message);
}

/** Nova's words for the first thing that is wrong with the query. */
export function queryMessage(errors: readonly ErrorObject[], query: PythonValue): string {
  const { path, value, message } = firstProblem(errors, query);
  const [name] = path;
  return name === undefined
    ? message
    : `Invalid input for query parameters ${name}. Value: ${pythonStr(value)}. ${message}`;
}

/** The frame that Nova puts around a message about a part of the body. */
export function invalidInput(field: string, value: PythonValue, message: string): string {
  return `Invalid input for field/attribute ${field}. Value: ${pythonStr(value)}. ${message}`;
}

/** What jsonschema says of a number below the minimum. */
export function belowMinimum(value: PythonValue, minimum: number): string {
  return `${pythonRepr(value)} is less than the minimum of ${minimum}`;
}

function firstProblem(errors: readonly ErrorObject[], root: PythonValue) {
  const [error] = errors;
  if (!error) throw new RangeError('a failed validation has no error');
  const path = error.instancePath.split('/').slice(1);
  const value = path.reduce(memberOf, root);
  return { error, path, value, message: jsonschemaMessage(error, errors, value) };
}

function memberOf(value: PythonValue, step: string): PythonValue {
  if (value instanceof Map) return value.get(step) ?? null;
  return Array.isArray(value) ? (value[Number(step)] ?? null) : null;
}

function jsonschemaMessage(error: ErrorObject, errors: readonly ErrorObject[], value: PythonValue): string {
  switch (error.keyword) {
    case 'type':
      return `${pythonRepr(value)} is not of type ${[error.params['type']].flat().map(pythonRepr).join(', ')}`;
    case 'required':
      return `${pythonRepr(error.params['missingProperty'])} is a required property`;
    case 'additionalProperties':
      return additionalProperties(errors.filter((other) => other.schemaPath === error.schemaPath));
    case 'enum':
      return `${pythonRepr(value)} is not one of ${pythonRepr(error.params['allowedValues'])}`;
    case 'pattern':
      return `${pythonRepr(value)} does not match ${pythonRepr(error.params['pattern'])}`;
    case 'minimum':
      return belowMinimum(value, error.params['limit']);
    case 'minLength':
      return `${pythonRepr(value)} is too short`;
    case 'maxItems':
    case 'maxLength':
      return `${pythonRepr(value)} is too long`;
    default:
      throw new RangeError(`there is no message for the schema keyword ${error.keyword}`);
  }
}

function additionalProperties(errors: readonly ErrorObject[]): string {
  const names = errors.map((error): string => error.params['additionalProperty']).sort();
  const listed = names.slice(0, ECHO_LIMIT).map(pythonRepr).join(', ');
  const verb = names.length === 1 ? 'was' : 'were';
  return `Additional properties are not allowed (${shortened(listed)} ${verb} unexpected)`;
}
