import { element, parseXml } from '@remote-consoles/soap-xml';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { enumerateMessage, parsePage, pullMessage, releaseMessage } from './enumeration.js';
import { soapRequest, soapResponse } from './soap-envelope.js';
import { WsmanFault, WsmanUnavailable } from './wsman-error.js';

const envelope = (body: string) => `<s:Envelope xmlns:s="s"><s:Header/><s:Body>${body}</s:Body></s:Envelope>`;
const address = { to: 'https://hv1:5986/wsman', resource: 'http://r/*', timeout: 8 };

function thrown(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('soapRequest', () => {
  const parsed = parseXml(
    soapRequest(address, { action: 'http://a', id: 'ID', body: element('n:Pull', '') }),
  );

  it('says where to, what of, what, and for how long', () => {
    const header = (name: string) => parsed.child('Header', name);
    expect(header('To')?.text).toBe(address.to);
    expect(header('ResourceURI')?.text).toBe(address.resource);
    expect(header('Action')?.text).toBe('http://a');
    expect(header('MessageID')?.text).toBe('uuid:ID');
    expect(header('OperationTimeout')?.text).toBe('PT8.000S');
    expect(header('MaxEnvelopeSize')?.text).toBe('512000');
    expect(header('ReplyTo')?.child('Address')?.text).toMatch(/anonymous$/);
    for (const name of ['ResourceURI', 'Action', 'MaxEnvelopeSize']) {
      expect(header(name)?.prefixedAttribute('mustUnderstand'), name).toBe('true');
    }
    expect(parsed.child('Body', 'Pull')).toBeDefined();
  });
});

describe('the messages of an enumeration', () => {
  it('carry any WQL and any context as text', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[ -~]*$/), (text) => {
        const body = ({ body: xml }: { readonly body: string }) => parseXml(xml);
        expect(body(enumerateMessage(text)).child('Filter')?.text).toBe(text);
        expect(body(pullMessage(text)).child('EnumerationContext')?.text).toBe(text);
        expect(body(releaseMessage(text)).child('EnumerationContext')?.text).toBe(text);
      }),
    );
  });

  it('ask for items at once, in the WQL dialect', () => {
    const message = enumerateMessage('SELECT');
    expect(message.action).toBe('http://schemas.xmlsoap.org/ws/2004/09/enumeration/Enumerate');
    const body = parseXml(message.body);
    expect(body.child('OptimizeEnumeration')).toBeDefined();
    expect(body.child('Filter')?.attribute('Dialect')).toBe('http://schemas.microsoft.com/wbem/wsman/1/WQL');
  });
});

describe('parsePage', () => {
  const page = (content: string) =>
    parsePage('PullResponse', envelope(`<n:PullResponse>${content}</n:PullResponse>`));

  it('gives items and the context that the next are asked with', () => {
    const { items, context } = page(
      '<n:EnumerationContext> uuid:1 </n:EnumerationContext><n:Items><p:A/><p:B/></n:Items>',
    );
    expect(items.map(({ name }) => name)).toEqual(['A', 'B']);
    expect(context).toBe('uuid:1');
  });

  it('ends with the sequence, whatever the context says', () => {
    expect(page('<n:EnumerationContext>x</n:EnumerationContext><w:EndOfSequence/>')).toEqual({
      items: [],
      context: undefined,
    });
  });

  it('refuses to go on without a bearable context', () => {
    for (const context of ['', ' ', 'x'.repeat(4097)]) {
      const content = `<n:EnumerationContext>${context}</n:EnumerationContext>`;
      expect(thrown(() => page(content))).toBeInstanceOf(WsmanUnavailable);
    }
  });
});

describe('soapResponse', () => {
  const fault = (content: string) =>
    thrown(() => soapResponse('PullResponse', envelope(`<s:Fault>${content}</s:Fault>`)));
  const code = (subcode: string) =>
    `<s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>${subcode}</s:Value></s:Subcode></s:Code>`;

  it('throws a fault by its subcode, with Windows’ number and what it says', () => {
    const detail = '<s:Detail><f:WSManFault xmlns:f="f" Code="2150858770" Machine="HV1"/></s:Detail>';
    const reason = '<s:Reason><s:Text xml:lang="en-US">no &lt;access&gt;&#10;here</s:Text></s:Reason>';
    const error = fault(code('w:AccessDenied') + reason + detail);
    expect(error).toBeInstanceOf(WsmanFault);
    expect(error).toMatchObject({
      subcode: 'AccessDenied',
      message: 'AccessDenied (2150858770): no <access> here',
    });
  });

  it('takes what there is of a fault, and believes none of it', () => {
    expect(fault('')).toMatchObject({ subcode: 'UnknownFault', message: 'UnknownFault' });
    expect(fault('<s:Code><s:Value>s:Receiver</s:Value></s:Code>')).toMatchObject({ subcode: 'Receiver' });
    expect(fault(code('y'.repeat(100)))).toMatchObject({ subcode: 'UnknownFault' });
    const long = fault(`${code('a')}<s:Reason><s:Text>${'x'.repeat(10_000)}</s:Text></s:Reason>`);
    expect(String(long).length).toBeLessThan(350);
    expect(String(fault(`${code('a')}<s:Detail><WSManFault Code="&#27;[31m"/></s:Detail>`))).toBe(
      'WsmanFault: a',
    );
  });

  it('reads an answer that begins with a byte order mark', () => {
    expect(soapResponse('PullResponse', `\ufeff${envelope('<n:PullResponse/>')}`).name).toBe('PullResponse');
  });

  it('refuses what is no such answer', () => {
    for (const text of [
      '',
      'Service Unavailable',
      '<html/>',
      envelope(''),
      envelope('<x/>'),
      '<Envelope/>',
    ]) {
      expect(
        thrown(() => soapResponse('PullResponse', text)),
        text,
      ).toBeInstanceOf(WsmanUnavailable);
    }
  });

  it('throws nothing but its own errors, also for an answer that was cut anywhere', () => {
    const own = (error: unknown) =>
      error === undefined || error instanceof WsmanFault || error instanceof WsmanUnavailable;
    const read = (text: string) => thrown(() => parsePage('EnumerateResponse', text));
    fc.assert(fc.property(fc.string(), (text) => own(read(text)) && own(read(envelope(text)))));
    const whole = envelope(
      '<n:EnumerateResponse><w:Items><p:A xsi:nil="true">x&amp;</p:A></w:Items><w:EndOfSequence/></n:EnumerateResponse>',
    );
    for (let length = 0; length < whole.length; length++) {
      expect(own(read(whole.slice(0, length)))).toBe(true);
    }
    expect(read(whole)).toBeUndefined();
  });
});
