import { element, parseXml } from '@remote-consoles/soap-xml';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { soapRequest, soapResponse } from './soap-envelope.js';
import { isFault, VimFault, VimUnavailable } from './vim-error.js';

const envelope = (body: string) =>
  `<?xml version="1.0"?><soapenv:Envelope xmlns:soapenv="s"><soapenv:Body>${body}</soapenv:Body></soapenv:Envelope>`;
const faultOf = (detail: string, text = '') =>
  envelope(`<soapenv:Fault><faultstring>${text}</faultstring><detail>${detail}</detail></soapenv:Fault>`);

function thrown(text: string): unknown {
  try {
    return soapResponse('FindByUuid', text);
  } catch (error) {
    return error;
  }
}

describe('soapRequest', () => {
  it('writes one call in the namespace of vSphere', () => {
    const call = parseXml(
      soapRequest('Logout', [element('_this', 'SessionManager', { type: 'SessionManager' })]),
    );
    expect(call.name).toBe('Envelope');
    const object = call.child('Body', 'Logout', '_this');
    expect(object?.text).toBe('SessionManager');
    expect(object?.attribute('type')).toBe('SessionManager');
    expect(soapRequest('Logout', [])).toContain('<Logout xmlns="urn:vim25">');
  });
});

describe('soapResponse', () => {
  it('gives what the call returns: nothing, one or many', () => {
    const response = (content: string) =>
      envelope(`<FindByUuidResponse xmlns="urn:vim25">${content}</FindByUuidResponse>`);
    expect(soapResponse('FindByUuid', response(''))).toEqual([]);
    expect(
      soapResponse('FindByUuid', response('<returnval>1</returnval><returnval>2</returnval>')),
    ).toMatchObject([{ text: '1' }, { text: '2' }]);
  });

  it('throws a fault by the name of its type, else of its element', () => {
    expect(
      thrown(faultOf('<RuntimeFaultFault xsi:type="vim:NoPermission"/>', 'no &lt;access&gt;')),
    ).toMatchObject({
      fault: 'NoPermission',
      message: 'NoPermission: no <access>',
    });
    const error = thrown(
      faultOf('<InvalidPowerStateFault><existingState>suspended</existingState></InvalidPowerStateFault>'),
    );
    expect(isFault(error, 'InvalidPowerState') && error.property('existingState')).toBe('suspended');
    expect(isFault(error, 'InvalidLogin')).toBe(false);
  });

  it('makes of a fault without a usable name an unknown one', () => {
    expect(thrown(envelope('<Fault/>'))).toMatchObject({ fault: 'UnknownFault' });
    expect(thrown(faultOf(`<x xsi:type="${'y'.repeat(100)}"/>`))).toMatchObject({ fault: 'UnknownFault' });
  });

  it('keeps messages short and on one line', () => {
    const error = thrown(faultOf('<aFault/>', `a&#10;b&#27;[31m${'x'.repeat(10_000)}`)) as VimFault;
    expect(error.message).toMatch(/^a: a b \[31mx+$/);
    expect(error.message.length).toBeLessThan(320);
  });

  it('refuses answers to something else', () => {
    for (const text of [
      '',
      'Service Unavailable',
      '<html/>',
      envelope(''),
      envelope('<LoginResponse/>'),
      '<Envelope/>',
    ]) {
      expect(thrown(text), text).toBeInstanceOf(VimUnavailable);
    }
  });

  it('throws nothing but its own errors', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(thrown(envelope(text))).toSatisfy((e) => e instanceof VimUnavailable || e instanceof VimFault);
      }),
    );
  });
});
