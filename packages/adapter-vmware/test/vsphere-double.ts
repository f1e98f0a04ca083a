import { execFileSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseXml, type XmlElement } from '@remote-consoles/soap-xml';
import { freePort } from './vcsim.js';

/** One SOAP call that arrived. */
export interface ArrivedCall {
  readonly method: string;
  readonly element: XmlElement;
  readonly cookie: string | undefined;
  readonly soapAction: string | undefined;
}

/** The content of a returnval-bearing answer, a fault, or a hand on the response itself. */
export type Answer =
  | { readonly returns: string }
  | { readonly fault: string; readonly content?: string }
  | { readonly raw: (response: ServerResponse, request: IncomingMessage) => void };
type Answerer = (call: ArrivedCall, count: number) => Answer;

const MANAGERS = ['sessionManager', 'searchIndex', 'propertyCollector', 'viewManager', 'rootFolder'];
const COOKIE = 'vmware_soap_session="ab cd/ef"';

/** A server that answers as the test says: for what a real or simulated vSphere does not do when it is asked. */
export class VsphereDouble {
  readonly username = 'svc & co';
  readonly password = '<p"ä\'s&> s';
  readonly calls: ArrivedCall[] = [];
  /** All HTTP requests, by path. */
  readonly requests: string[] = [];
  version: string | undefined = '8.0.2.0';
  url = '';
  sha256 = '';
  readonly #answers = new Map<string, Answerer>();
  #server: Server | undefined;

  async start(): Promise<this> {
    const { cert, key } = selfSigned();
    this.sha256 = createHash('sha256').update(new X509Certificate(cert).raw).digest('hex');
    const port = await freePort();
    this.url = `https://127.0.0.1:${port}/sdk`;
    this.#server = createServer({ cert, key }, (request, response) => void this.#serve(request, response));
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    return this;
  }

  /** Says what the method answers from now on. */
  on(method: string, answer: Answer | Answerer): this {
    this.#answers.set(method, typeof answer === 'function' ? answer : () => answer);
    return this;
  }

  count(method: string): number {
    return this.calls.filter((call) => call.method === method).length;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests.push(request.url ?? '');
    if (request.url === '/sdk/vimServiceVersions.xml') {
      const space = `<namespace><name>urn:vim25</name><version>${this.version}</version></namespace>`;
      if (this.version === undefined) response.writeHead(404).end('not here');
      else response.end(`<namespaces>${space}</namespaces>`);
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const element = parseXml(Buffer.concat(chunks).toString()).child('Body')?.children[0];
    if (!element) throw new Error('a request without call');
    const { cookie } = request.headers;
    const soapAction = request.headers['soapaction'] as string | undefined;
    const call = { method: element.name, element, cookie, soapAction };
    this.calls.push(call);
    const answer = this.#answers.get(call.method) ?? defaultAnswer;
    write(answer(call, this.count(call.method)), call.method, request, response);
  }
}

function defaultAnswer({ method }: ArrivedCall): Answer {
  switch (method) {
    case 'RetrieveServiceContent':
      return returns(MANAGERS.map((name) => `<${name} type="T">ha-${name}</${name}>`).join(''));
    case 'Login':
      return {
        raw: (response) => {
          response.setHeader('set-cookie', ['other=1; Path=/', `${COOKIE}; Path=/; HttpOnly; Secure`]);
          response.end(envelope('<LoginResponse><returnval><key>k</key></returnval></LoginResponse>'));
        },
      };
    case 'FindByUuid':
      return { returns: reference('VirtualMachine', 'vm-1') };
    case 'CreateContainerView':
      return { returns: reference('ContainerView', 'view-1') };
    case 'CreatePropertyCollector':
      return { returns: reference('PropertyCollector', 'collector-1') };
    case 'CreateFilter':
      return { returns: reference('PropertyFilter', 'filter-1') };
    default:
      return { returns: '' };
  }
}

/** The content of the one returnval that a call returns. */
export const returns = (content: string): Answer => ({ returns: `<returnval>${content}</returnval>` });

const reference = (type: string, id: string) => `<returnval type="${type}">${id}</returnval>`;

/** A `RetrievePropertiesEx` answer of running VMs. */
export function vmPage(ids: readonly string[], token?: string): Answer {
  const objects = ids.map(
    (id) => `<objects><obj type="VirtualMachine">${id}</obj>${vmProperties(id)}</objects>`,
  );
  return returns(`${token === undefined ? '' : `<token>${token}</token>`}${objects.join('')}`);
}

/** The id of the server that the double's VM is. */
export const serverIdOfVm = (id: string): string =>
  `00000000-0000-4000-8000-${id.replace(/\D/g, '').padStart(12, '0')}`;

function vmProperties(id: string): string {
  const values = { name: id, 'config.instanceUuid': serverIdOfVm(id), 'runtime.powerState': 'poweredOn' };
  return Object.entries(values)
    .map(([name, value]) => `<propSet><name>${name}</name><val>${value}</val></propSet>`)
    .join('');
}

function write(answer: Answer, method: string, request: IncomingMessage, response: ServerResponse): void {
  if ('raw' in answer) {
    answer.raw(response, request);
  } else if ('fault' in answer) {
    const detail = `<${answer.fault}Fault xsi:type="${answer.fault}">${answer.content ?? ''}</${answer.fault}Fault>`;
    const fault = `<soapenv:Fault><faultstring>no</faultstring><detail>${detail}</detail></soapenv:Fault>`;
    response.writeHead(500).end(envelope(fault));
  } else {
    response.end(envelope(`<${method}Response>${answer.returns}</${method}Response>`));
  }
}

export function envelope(body: string): string {
  return `<soapenv:Envelope><soapenv:Body>${body}</soapenv:Body></soapenv:Envelope>`;
}

function selfSigned(): { readonly cert: string; readonly key: string } {
  const folder = mkdtempSync(join(tmpdir(), 'vsphere-double-'));
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  try {
    const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
    execFileSync('openssl', ['req', '-x509', ...curve, '-subj', '/CN=double', '-keyout', key, '-out', cert], {
      stdio: 'ignore',
    });
    return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
