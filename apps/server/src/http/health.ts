import { Router } from '@remote-consoles/http-api/express';
import type { HealthProbe } from '../health/health-probe.js';

/**
 * `/healthz`: the process runs. `/readyz`: what it needs answers, and it takes on new work. One hypervisor of several
 * that is down is not everybody's outage, so the process stays ready; its name is for the log and the metrics, not for
 * whoever can reach this port.
 *
 * @param draining whether the process is shutting down: alive still, but no place for new sessions
 */
export function healthRouter(probe: HealthProbe, draining: () => boolean): Router {
  const router = Router();
  router.get('/healthz', (_request, response) => {
    response.set('Cache-Control', 'no-store').json({ status: 'ok' });
  });
  router.get('/readyz', async (_request, response) => {
    const { tokenStore, identity, ...health } = await probe.ask();
    const hypervisors = [...health.hypervisors.values()].some((answers) => answers);
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
