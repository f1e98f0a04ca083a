import { isWqlValue } from '../wmi/wql.js';
import { parseGuid } from './guid.js';

/** Says how the names of VMs and the ids of servers are made of each other. */
export interface NameTemplate {
  /** The name of the VM that has this id; undefined where no VM's name can be made of it. */
  nameOf(id: string): string | undefined;
  /** The id in a VM's name; undefined where the name is not of this template. */
  idOf(name: string): string | undefined;
}

const CONVERSION = /^([^%]*)%(?:\((uuid)\)(s)|(s)|(0\d{1,2})?([dx]))([^%]*)$/;

/**
 * Reads a template in the syntax of Nova's `instance_name_template`: text around one of `%(uuid)s`, `%d`, `%x`, `%08x`
 * (the id is a UUID, or a number that clients write in decimal), or `%s` (the id is that part of the name itself).
 *
 * @returns undefined where the text is no such template
 */
export function parseNameTemplate(text: string): NameTemplate | undefined {
  const match = CONVERSION.exec(text);
  if (!match) return undefined;
  const [, before = '', uuid, , plain, padding, radix, after = ''] = match;
  if (!isWqlValue(`${before}0${after}`)) return undefined;
  const convert = uuid !== undefined ? uuidId : plain !== undefined ? plainId : numberId(radix, padding);
  const nameOf = (id: string): string | undefined => {
    const part = convert.write(id);
    const name = part === undefined ? undefined : `${before}${part}${after}`;
    return name !== undefined && isWqlValue(name) ? name : undefined;
  };
  const idOf = (name: string): string | undefined => {
    const fits =
      name.startsWith(before) && name.endsWith(after) && name.length > before.length + after.length;
    const id = fits ? convert.read(name.slice(before.length, name.length - after.length)) : undefined;
    // Exactly this name: `instance-1` is not what %08x makes.
    return id !== undefined && nameOf(id) === name ? id : undefined;
  };
  return { nameOf, idOf };
}

interface Conversion {
  write(id: string): string | undefined;
  read(part: string): string | undefined;
}

const lowerUuid = (text: string) => parseGuid(text)?.toLowerCase();
const uuidId: Conversion = { write: lowerUuid, read: lowerUuid };

/** A name that looks like a GUID is not an id by itself: it would hide the VM whose GUID that is. */
const plain = (text: string) => (text === '' || parseGuid(text) ? undefined : text);
const plainId: Conversion = { write: plain, read: plain };

function numberId(conversion: string | undefined, padding: string | undefined): Conversion {
  const radix = conversion === 'x' ? 16 : 10;
  const width = Number(padding ?? 0);
  return {
    write: (id) =>
      /^(0|[1-9]\d{0,9})$/.test(id) ? Number(id).toString(radix).padStart(width, '0') : undefined,
    read: (part) => (/^[0-9a-f]{1,16}$/.test(part) ? String(Number.parseInt(part, radix)) : undefined),
  };
}
