import { element, parseXml, type Xml, type XmlElement } from '@remote-consoles/soap-xml';
import { WsmanFault, WsmanUnavailable } from './wsman-error.js';

const MAX_FAULT_TEXT = 300;
/** The longest answer that is asked for, bytes; what Windows allows by default. */
const MAX_ENVELOPE = 512_000;

const NAMESPACES = {
  'xmlns:s': 'http://www.w3.org/2003/05/soap-envelope',
  'xmlns:a': 'http://schemas.xmlsoap.org/ws/2004/08/addressing',
  'xmlns:n': 'http://schemas.xmlsoap.org/ws/2004/09/enumeration',
  'xmlns:w': 'http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd',
};
const ANONYMOUS = 'http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous';
const must = { 's:mustUnderstand': 'true' };

/** What every request to one service says. */
export interface WsmanAddress {
  /** The URL of the service. */
  readonly to: string;
  readonly resource: string;
  /** s in which the service should answer */
  readonly timeout: number;
}

/** Writes a SOAP 1.2 envelope with the headers of WS-Management (DSP0226). */
export function soapRequest(
  { to, resource, timeout }: WsmanAddress,
  message: { readonly action: string; readonly id: string; readonly body: Xml },
): string {
  const header = [
    element('a:To', to),
    element('w:ResourceURI', resource, must),
    element('a:ReplyTo', [element('a:Address', ANONYMOUS, must)]),
    element('a:Action', message.action, must),
    element('a:MessageID', `uuid:${message.id}`),
    element('w:MaxEnvelopeSize', String(MAX_ENVELOPE), must),
    element('w:Locale', '', { 'xml:lang': 'en-US', 's:mustUnderstand': 'false' }),
    element('w:OperationTimeout', `PT${timeout.toFixed(3)}S`),
  ];
  const content = [element('s:Header', header), element('s:Body', [message.body])];
  return `<?xml version="1.0" encoding="UTF-8"?>${element('s:Envelope', content, NAMESPACES)}`;
}

/**
 * Reads an answer.
 *
 * @returns its body's element of that name
 * @throws WsmanFault where the answer is a fault, WsmanUnavailable where it is no such answer
 */
export function soapResponse(name: string, text: string): XmlElement {
  const body = bodyOf(text);
  const fault = body?.child('Fault');
  if (fault) throw wsmanFault(fault);
  const response = body?.child(name);
  if (!response) throw new WsmanUnavailable(`the answer is no ${name}`);
  return response;
}

function bodyOf(text: string): XmlElement | undefined {
  try {
    const root = parseXml(text.replace(/^\ufeff/, ''));
    return root.name === 'Envelope' ? root.child('Body') : undefined;
  } catch (cause) {
    throw new WsmanUnavailable('the answer is not XML', { cause });
  }
}

/** Subcodes are those of DSP0226; the number is in Windows' own detail (MS-WSMV, `WSManFault`). */
function wsmanFault(fault: XmlElement): WsmanFault {
  const code = fault.child('Code', 'Subcode', 'Value') ?? fault.child('Code', 'Value');
  const number = fault.child('Detail', 'WSManFault')?.attribute('Code');
  const reason = fault.child('Reason', 'Text')?.text ?? '';
  return new WsmanFault(subcodeName(code?.text ?? ''), printable(reason), numeric(number));
}

function subcodeName(qualified: string): string {
  const name = qualified.trim().replace(/^.*:/, '');
  return /^\w{1,80}$/.test(name) ? name : 'UnknownFault';
}

function numeric(text: string | undefined): string | undefined {
  return text !== undefined && /^\d{1,10}$/.test(text) ? text : undefined;
}

function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed here
  const line = text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').trim();
  return line.slice(0, MAX_FAULT_TEXT);
}
