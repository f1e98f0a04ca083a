import { element, type Xml, type XmlElement } from '@remote-consoles/soap-xml';
import { soapResponse } from './soap-envelope.js';
import { WsmanUnavailable } from './wsman-error.js';

const NAMESPACE = 'http://schemas.xmlsoap.org/ws/2004/09/enumeration';
const WQL = 'http://schemas.microsoft.com/wbem/wsman/1/WQL';
/** Items in one answer; its size in bytes ends it earlier. */
const PAGE_SIZE = '1000';
const MAX_CONTEXT = 4096;

export interface EnumerationMessage {
  readonly action: string;
  readonly body: Xml;
}

/** Some items of an enumeration, and the context that the next are asked with; none where these were the last. */
export interface EnumerationPage {
  readonly items: readonly XmlElement[];
  readonly context: string | undefined;
}

/** Begins an enumeration and asks for its first items at once (DSP0226 §8.2.3; WQL as the filter: MS-WSMV §3.1.4.1). */
export function enumerateMessage(wql: string): EnumerationMessage {
  const body = element('n:Enumerate', [
    element('w:OptimizeEnumeration', ''),
    element('w:MaxElements', PAGE_SIZE),
    element('w:Filter', wql, { Dialect: WQL }),
  ]);
  return { action: `${NAMESPACE}/Enumerate`, body };
}

export function pullMessage(context: string): EnumerationMessage {
  const content = [element('n:EnumerationContext', context), element('n:MaxElements', PAGE_SIZE)];
  return { action: `${NAMESPACE}/Pull`, body: element('n:Pull', content) };
}

export function releaseMessage(context: string): EnumerationMessage {
  const body = element('n:Release', [element('n:EnumerationContext', context)]);
  return { action: `${NAMESPACE}/Release`, body };
}

/**
 * Reads the answer to an Enumerate or Pull. The items may lie in either namespace.
 *
 * @throws WsmanFault, WsmanUnavailable
 */
export function parsePage(name: 'EnumerateResponse' | 'PullResponse', text: string): EnumerationPage {
  const response = soapResponse(name, text);
  const items = response.child('Items')?.children ?? [];
  if (response.child('EndOfSequence')) return { items, context: undefined };
  const context = response.child('EnumerationContext')?.text.trim() ?? '';
  if (context === '' || context.length > MAX_CONTEXT) {
    throw new WsmanUnavailable('an enumeration neither ends nor goes on');
  }
  return { items, context };
}
