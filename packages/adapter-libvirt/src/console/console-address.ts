/** A stream that libvirt opens: a display by its index or a character device by its alias. */
export type ConsoleAddress =
  | { readonly kind: 'display'; readonly host: string; readonly uuid: string; readonly index: number }
  | { readonly kind: 'character'; readonly host: string; readonly uuid: string; readonly alias: string };

const uuid = '([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})';
const displayForm = new RegExp(`^display/([^/]{1,63})/${uuid}/(0|[1-9]\\d{0,2})$`);
const characterForm = new RegExp(`^character/([^/]{1,63})/${uuid}/([\\w.-]{1,63})$`);

/** The address as it travels through a connection's transport. */
export function formatConsoleAddress(address: ConsoleAddress): string {
  const device = address.kind === 'display' ? address.index : address.alias;
  return `${address.kind}/${address.host}/${address.uuid}/${device}`;
}

/** Undefined where the text is no address. */
export function parseConsoleAddress(text: string): ConsoleAddress | undefined {
  const display = displayForm.exec(text);
  if (display) {
    const [, host = '', id = '', index] = display;
    return { kind: 'display', host, uuid: id, index: Number(index) };
  }
  const character = characterForm.exec(text);
  if (!character) return undefined;
  const [, host = '', id = '', alias = ''] = character;
  return { kind: 'character', host, uuid: id, alias };
}
