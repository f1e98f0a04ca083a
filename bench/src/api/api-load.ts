import { connect } from 'node:net';

/** What a run of requests showed. */
export interface ApiLoad {
  readonly requests: number;
  /** ms from request to whole answer, in the order of their length */
  readonly latencies: Float64Array;
  readonly seconds: number;
}

/**
 * Asks for consoles over so many keep-alive connections, each with one request under way at a time. Meanwhile this
 * process never sleeps: over loopback, whoever answers also pays for waking up who waits, which between machines nobody
 * does.
 */
export async function loadApi(
  port: number,
  path: string,
  token: string,
  clients: number,
  requests: number,
): Promise<ApiLoad> {
  const body = '{"remote_console": {"protocol": "vnc", "type": "novnc"}}';
  const request = Buffer.from(
    `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nX-Auth-Token: ${token}\r\n` +
      'OpenStack-API-Version: compute 2.8\r\nContent-Type: application/json\r\nAccept: application/json\r\n' +
      `Content-Length: ${body.length}\r\n\r\n${body}`,
  );
  const latencies = new Float64Array(requests);
  const state = { begun: 0, ended: 0 };
  const start = performance.now();
  let running = true;
  const stayAwake = () => {
    if (running) setImmediate(stayAwake);
  };
  stayAwake();
  await Promise.all(Array.from({ length: clients }, () => client(port, request, latencies, state)));
  running = false;
  return { requests, latencies: latencies.sort(), seconds: (performance.now() - start) / 1000 };
}

function client(
  port: number,
  request: Buffer,
  latencies: Float64Array,
  state: { begun: number; ended: number },
): Promise<void> {
  return new Promise((resolve, reject) => {
    let sent = 0;
    let received = '';
    const socket = connect(port, '127.0.0.1');
    const next = () => {
      if (state.begun >= latencies.length) {
        socket.end();
        resolve();
        return;
      }
      state.begun++;
      sent = performance.now();
      socket.write(request);
    };
    socket.setNoDelay(true).setEncoding('latin1').on('connect', next).on('error', reject);
    socket.on('data', (text: string) => {
      received += text;
      const end = received.indexOf('\r\n\r\n');
      if (end < 0) return;
      const length = Number(/\r\ncontent-length: (\d+)/i.exec(received)?.[1]);
      if (received.length < end + 4 + length) return;
      if (!received.startsWith('HTTP/1.1 200')) {
        reject(new Error(received.slice(0, received.indexOf('\r\n'))));
        return;
      }
      latencies[state.ended++] = performance.now() - sent;
      received = '';
      next();
    });
  });
}
