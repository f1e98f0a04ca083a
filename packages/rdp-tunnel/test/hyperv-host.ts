import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { McsConnectInitialRewriter } from '../src/mcs-connect-initial.js';
import { connectRdp } from './connect-rdp.js';
import { type ListenerDouble, listenAsHyperV } from './listener-double.js';

/** The console listener of a Hyper-V host, double, whose VMs all show one real RDP desktop. */
export interface HyperVHost extends ListenerDouble {
  /** SHA-256 of its certificate, in hex. */
  readonly fingerprint: string;
}

/** @param desktopPort an RDP server with TLS alone */
export async function startHyperVHost(options: {
  readonly folder: string;
  readonly port: number;
  readonly desktopPort: number;
  readonly passwordOf: (user: string) => string | undefined;
}): Promise<HyperVHost> {
  const [keyFile, certificateFile] = [join(options.folder, 'hv.key'), join(options.folder, 'hv.pem')];
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=hv1', '-days', '2'];
  execFileSync('openssl', [...request, '-keyout', keyFile, '-out', certificateFile], { stdio: 'ignore' });
  const certificate = readFileSync(certificateFile, 'utf8');
  const { raw, fingerprint256 } = new X509Certificate(certificate);
  const double = await listenAsHyperV({
    port: options.port,
    key: readFileSync(keyFile, 'utf8'),
    certificate,
    certificateDer: Uint8Array.from(raw),
    passwordOf: options.passwordOf,
    serve: async (client, connectInitial) => {
      const { socket } = await connectRdp(options.desktopPort, { mode: 'tls' });
      // The desktop selected TLS; what the client says of Hyper-V would be a downgrade to it.
      socket.write(new McsConnectInitialRewriter(1).push(connectInitial));
      client.pipe(socket).pipe(client);
      await once(client, 'close');
      socket.destroy();
    },
  });
  return { ...double, fingerprint: fingerprint256 };
}
