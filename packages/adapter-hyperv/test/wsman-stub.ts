import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { element, parseXml, type Xml, type XmlElement } from '@remote-consoles/soap-xml';
import { freePorts } from '../../../scripts/fixtures/ntlm-apache-fixture.js';
import type { Instance, WmiDouble } from './wmi-double.js';

const ENUMERATION = 'http://schemas.xmlsoap.org/ws/2004/09/enumeration';
const RESOURCE = 'http://schemas.microsoft.com/wbem/wsman/1/wmi/root/virtualization/v2';
const WQL = 'http://schemas.microsoft.com/wbem/wsman/1/WQL';
const NAMESPACES = {
  'xmlns:s': 'http://www.w3.org/2003/05/soap-envelope',
  'xmlns:a': 'http://schemas.xmlsoap.org/ws/2004/08/addressing',
  'xmlns:n': ENUMERATION,
  'xmlns:w': 'http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd',
  'xmlns:xsi': 'http://www.w3.org/2001/XMLSchema-instance',
};

/** One message that arrived. */
export interface ArrivedMessage {
  /** The last part of the action: `Enumerate`, `Pull`, … */
  readonly action: string;
  /** Whom the door in front of the stub let in. */
  readonly user: string | undefined;
  readonly authorization: string | undefined;
  readonly wql: string | undefined;
  readonly element: XmlElement;
}

/** A hand on the answer itself; undefined leaves it to the stub. */
type Interference = (message: ArrivedMessage, response: ServerResponse) => boolean;

/** One host's WS-Man service. */
export class WsmanService {
  readonly wmi: WmiDouble;
  readonly messages: ArrivedMessage[] = [];
  /** Items in one answer. */
  pageSize = 1000;
  /** Whether items come in an `XmlFragment`, as those of projections do. */
  fragments = false;
  /** Answers in the service's place where it gives true. */
  interfere: Interference = () => false;
  readonly contexts = new Map<string, readonly Xml[]>();

  constructor(wmi: WmiDouble) {
    this.wmi = wmi;
  }

  count(action: string): number {
    return this.messages.filter((message) => message.action === action).length;
  }

  answer(message: ArrivedMessage, response: ServerResponse): void {
    this.messages.push(message);
    if (this.interfere(message, response)) return;
    const { action, element: body, wql } = message;
    if (action === 'Enumerate' && wql !== undefined) this.#enumerate(wql, response);
    else if (action === 'Pull') this.#pull(body, response);
    else if (action === 'Release') this.#release(body, response);
    else fault(response, 'a:ActionNotSupported', 'The action is not supported by the service.', '2150858817');
  }

  #enumerate(wql: string, response: ServerResponse): void {
    const answer = this.wmi.query(wql);
    if (!answer) {
      fault(
        response,
        'w:CannotProcessFilter',
        'The WMI service returned an invalid class error.',
        '2150859002',
      );
      return;
    }
    const items = answer.instances.map((instance) => this.#render(answer.className, instance));
    this.#page('n:EnumerateResponse', 'w', items, response);
  }

  #pull(body: XmlElement, response: ServerResponse): void {
    const context = body.child('EnumerationContext')?.text ?? '';
    const items = this.contexts.get(context);
    this.contexts.delete(context);
    if (items) this.#page('n:PullResponse', 'n', items, response);
    else fault(response, 'n:InvalidEnumerationContext', 'The supplied enumeration context is invalid.');
  }

  #release(body: XmlElement, response: ServerResponse): void {
    this.contexts.delete(body.child('EnumerationContext')?.text ?? '');
    reply(response, 200, '' as Xml);
  }

  #page(name: string, prefix: 'w' | 'n', items: readonly Xml[], response: ServerResponse): void {
    const rest = items.slice(this.pageSize);
    const context = rest.length > 0 ? `uuid:${randomUUID()}` : '';
    if (context !== '') this.contexts.set(context, rest);
    const content = [
      element('n:EnumerationContext', context),
      element(`${prefix}:Items`, items.slice(0, this.pageSize)),
      ...(context === '' ? [element(`${prefix}:EndOfSequence`, '')] : []),
    ];
    reply(response, 200, element(name, content));
  }

  #render(className: string, instance: Instance): Xml {
    const [outer, prefix] = this.fragments ? ['w:XmlFragment', ''] : [`p:${className}`, 'p:'];
    const properties = Object.entries(instance).flatMap(([name, value]) => {
      if (value === null) return [element(`${prefix}${name}`, '', { 'xsi:nil': 'true' })];
      return [value].flat().map((one) => element(`${prefix}${name}`, String(one)));
    });
    const type = { 'xmlns:p': `${RESOURCE}/${className}`, 'xsi:type': `p:${className}_Type` };
    return element(outer, properties, this.fragments ? {} : type);
  }
}

export function fault(response: ServerResponse, subcode: string, reason: string, code?: string): void {
  const value = (text: string) => element('s:Value', text);
  const content = [
    element('s:Code', [value('s:Sender'), element('s:Subcode', [value(subcode)])]),
    element('s:Reason', [element('s:Text', reason, { 'xml:lang': 'en-US' })]),
    element(
      's:Detail',
      code === undefined ? [] : [element('f:WSManFault', '', { Code: code, Machine: 'HV1' })],
    ),
  ];
  reply(response, 500, element('s:Fault', content));
}

export function reply(response: ServerResponse, status: number, body: Xml): void {
  response.writeHead(status, { 'content-type': 'application/soap+xml;charset=UTF-8' });
  response.end(element('s:Envelope', [element('s:Header', ''), element('s:Body', [body])], NAMESPACES));
}

/** Several hosts' services on one port in the clear, by the first part of the path. What is real is in front of it. */
export class WsmanStub {
  readonly port: number;
  readonly services = new Map<string, WsmanService>();
  readonly #server: Server;

  private constructor(port: number, server: Server) {
    this.port = port;
    this.#server = server;
  }

  static async start(): Promise<WsmanStub> {
    const port = await freePorts(1);
    const server = createServer({ keepAliveTimeout: 60_000 });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    const stub = new WsmanStub(port, server);
    server.on('request', (request, response) => void stub.#serve(request, response));
    return stub;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const [, name = '', path] = (request.url ?? '').split('/');
    const service = path === 'wsman' ? this.services.get(name) : undefined;
    if (!service) response.writeHead(404).end();
    else service.answer(readMessage(request, Buffer.concat(chunks).toString()), response);
  }
}

/** Throws where the message is not what DSP0226 wants of it. */
function readMessage(request: IncomingMessage, text: string): ArrivedMessage {
  const envelope = parseXml(text);
  const action = envelope.child('Header', 'Action')?.text ?? '';
  const body = envelope.child('Body')?.children[0];
  if (!body) throw new Error('a message without body');
  const filter = body.child('Filter');
  const ours = envelope.child('Header', 'ResourceURI')?.text.trim() === `${RESOURCE}/*`;
  const isWql = filter?.attribute('Dialect') === WQL && body.child('OptimizeEnumeration') !== undefined;
  return {
    action: action.slice(action.lastIndexOf('/') + 1),
    user: header(request, 'x-remote-user'),
    authorization: header(request, 'authorization'),
    wql: ours && isWql ? filter.text : undefined,
    element: body,
  };
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join() : value;
}
