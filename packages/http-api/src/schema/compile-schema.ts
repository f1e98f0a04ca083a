import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { badRequest } from '../fault/api-fault.js';
import type { JsonBody } from '../request/json-body.js';
import { inSchemaOrder } from './in-schema-order.js';
import type { JsonSchema } from './json-schema.js';
import { bodyMessage, queryMessage } from './nova-message.js';
import { parsePythonJson } from './python-json.js';
import type { PythonValue } from './python-value.js';

const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true, messages: false });

/** A request schema, compiled once. `T` is what the schema says, in TypeScript. */
export class RequestSchema<T> {
  readonly schema: JsonSchema;
  readonly #validate: ValidateFunction<T>;

  constructor(schema: JsonSchema) {
    this.schema = schema;
    this.#validate = ajv.compile<T>(schema);
  }

  /** @throws ApiFault 400 with Nova's message */
  parseBody(body: JsonBody): T {
    const { value } = body;
    if (this.#validate(value)) return value;
    throw badRequest(bodyMessage(this.#errors(), parsePythonJson(body.text)));
  }

  /**
   * Query parameters as Nova sees them: each name with the list of its values.
   *
   * @throws ApiFault 400 with Nova's message
   */
  parseQuery(query: URLSearchParams): T {
    const lists = new Map<string, string[]>();
    for (const [name, value] of query) {
      const values = lists.get(name);
      if (values) values.push(value);
      else lists.set(name, [value]);
    }
    const value: unknown = Object.fromEntries(lists);
    if (this.#validate(value)) return value;
    throw badRequest(queryMessage(this.#errors(), lists as ReadonlyMap<string, PythonValue>));
  }

  #errors(): readonly ErrorObject[] {
    return inSchemaOrder(this.schema, this.#validate.errors ?? []);
  }
}
