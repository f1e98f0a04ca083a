/** The id that Hyper-V gives a VM, in upper case as Hyper-V writes it. */
export type Guid = string & { readonly __brand: 'Guid' };

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Undefined where the text is no GUID without braces. */
export function parseGuid(text: string): Guid | undefined {
  return GUID.test(text) ? (text.toUpperCase() as Guid) : undefined;
}
