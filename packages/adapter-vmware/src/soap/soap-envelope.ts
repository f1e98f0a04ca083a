import { element, parseXml, type Xml, type XmlElement } from '@remote-consoles/soap-xml';
import { VimFault, VimUnavailable } from './vim-error.js';

const MAX_FAULT_TEXT = 300;

/** Writes the SOAP 1.1 envelope of a call. */
export function soapRequest(method: string, content: readonly Xml[]): string {
  const call = element(method, content, { xmlns: 'urn:vim25' });
  const envelope = element('soapenv:Envelope', [element('soapenv:Body', [call])], {
    'xmlns:soapenv': 'http://schemas.xmlsoap.org/soap/envelope/',
    'xmlns:xsd': 'http://www.w3.org/2001/XMLSchema',
    'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance',
  });
  return `<?xml version="1.0" encoding="UTF-8"?>${envelope}`;
}

/**
 * Reads the answer to a call.
 *
 * @returns the `returnval` elements: none where the call returns nothing
 * @throws VimFault where the answer is a fault, VimUnavailable where it is no answer to this call
 */
export function soapResponse(method: string, text: string): readonly XmlElement[] {
  const body = bodyOf(text);
  const fault = body?.child('Fault');
  if (fault) throw vimFault(fault);
  const response = body?.child(`${method}Response`);
  if (!response) throw new VimUnavailable(`the answer to ${method} is not one`);
  return response.all('returnval');
}

function bodyOf(text: string): XmlElement | undefined {
  try {
    const root = parseXml(text);
    return root.name === 'Envelope' ? root.child('Body') : undefined;
  } catch (cause) {
    throw new VimUnavailable('the answer is not XML', { cause });
  }
}

function vimFault(fault: XmlElement): VimFault {
  const detail = fault.child('detail')?.children[0];
  return new VimFault(faultName(detail), printable(fault.textOf('faultstring') ?? ''), detail);
}

/** The element bears the name of the declared fault, `xsi:type` that of the actual one. */
export function faultName(detail: XmlElement | undefined): string {
  const actual = detail?.prefixedAttribute('type')?.replace(/^.*:/, '');
  const name = actual ?? detail?.name.replace(/Fault$/, '') ?? '';
  return /^\w{1,80}$/.test(name) ? name : 'UnknownFault';
}

function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed here
  return text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ').slice(0, MAX_FAULT_TEXT);
}
