import type { AuthPort, HypervisorPort, TokenStore } from '@remote-consoles/core';
import { Router } from 'express';

/** ms that a dependency gets to answer a readiness probe */
const PROBE_TIMEOUT = 2_000;

interface Health {
  readonly hypervisor: HypervisorPort;
  readonly tokens: TokenStore;
  /** Where the API is served. */
  readonly auth: AuthPort | undefined;
  /** Whether the process is shutting down: alive still, but no place for new sessions. */
  readonly draining: () => boolean;
}

/** `/healthz`: the process runs. `/readyz`: what it needs answers, and it takes on new work. */
export function healthRouter({ hypervisor, tokens, auth, draining }: Health): Router {
  const router = Router();
  router.get('/healthz', (_request, response) => {
    response.set('Cache-Control', 'no-store').json({ status: 'ok' });
  });
  router.get('/readyz', async (_request, response) => {
    const [hypervisors, tokenStore, identity] = await Promise.all([
      answers(hypervisor),
      answers(tokens),
      auth && answers(auth),
    ]);
    const ready = !draining() && hypervisors && tokenStore && identity !== false;
    response
      .status(ready ? 200 : 503)
      .set('Cache-Control', 'no-store')
      .json({
        status: ready ? 'ready' : 'not ready',
        draining: draining(),
        hypervisors,
        tokenStore,
        identity,
      });
  });
  return router;
}

async function answers(port: { check(): Promise<void> }): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, PROBE_TIMEOUT, false);
  });
  const answered = port.check().then(
    () => true,
    () => false,
  );
  return Promise.race([answered, late]).finally(() => clearTimeout(timer));
}
