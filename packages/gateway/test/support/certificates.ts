import { execFileSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A certificate with its key, as files and as text. */
export interface Identity {
  readonly certFile: string;
  readonly keyFile: string;
  readonly cert: string;
  readonly key: string;
}

/** A certificate authority made with openssl, in a directory of its own. */
export class TestAuthority {
  readonly directory = mkdtempSync(join(tmpdir(), 'gateway-ca-'));
  readonly caFile = join(this.directory, 'ca.pem');
  #serial = 0;

  constructor() {
    this.#openssl(
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      '-subj',
      '/CN=test CA',
      '-keyout',
      this.#file('ca.key'),
      '-out',
      this.caFile,
    );
  }

  get ca(): string {
    return readFileSync(this.caFile, 'utf8');
  }

  /** @param names subject alternative names, such as `DNS:vnc.example` or `IP:127.0.0.1` */
  issue(names: string, days = 2): Identity {
    const name = `leaf${this.#serial++}`;
    const [certFile, keyFile, request, extensions] = ['pem', 'key', 'csr', 'ext'].map((end) =>
      this.#file(`${name}.${end}`),
    ) as [string, string, string, string];
    writeFileSync(extensions, `subjectAltName=${names}\n`);
    this.#openssl(
      'req',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-subj',
      `/CN=${name}`,
      '-keyout',
      keyFile,
      '-out',
      request,
    );
    this.#openssl(
      'x509',
      '-req',
      '-in',
      request,
      '-CA',
      this.caFile,
      '-CAkey',
      this.#file('ca.key'),
      '-CAcreateserial',
      '-days',
      String(days),
      '-extfile',
      extensions,
      '-out',
      certFile,
    );
    return { certFile, keyFile, cert: readFileSync(certFile, 'utf8'), key: readFileSync(keyFile, 'utf8') };
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  #file(name: string): string {
    return join(this.directory, name);
  }

  #openssl(...parameters: string[]): void {
    execFileSync('openssl', parameters, { stdio: 'ignore' });
  }
}

/** Fingerprint of a certificate with colons, as tools print it. */
export function fingerprint(cert: string, algorithm: 'sha1' | 'sha256'): string {
  const hex = createHash(algorithm).update(new X509Certificate(cert).raw).digest('hex').toUpperCase();
  return hex.replace(/(..)(?=.)/g, '$1:');
}
