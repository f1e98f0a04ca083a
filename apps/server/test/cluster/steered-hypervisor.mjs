import { readFile } from 'node:fs/promises';
import adapter from '@remote-consoles/adapter-memory';

/**
 * The memory hypervisor, which also stops the servers whose ids are in the file that STEERING_FILE names. A process
 * without that variable has not heard of it yet, as one whose hypervisor is slow to tell.
 */
export default {
  configSchema: adapter.configSchema,
  async create(config, context) {
    const hypervisor = await adapter.create(config, context);
    const file = process.env.STEERING_FILE;
    if (file === undefined) return hypervisor;
    const stopped = new Set();
    const timer = setInterval(async () => {
      const text = await readFile(file, 'utf8').catch(() => '');
      for (const id of text.split('\n').slice(0, -1)) {
        if (stopped.has(id)) continue;
        stopped.add(id);
        await hypervisor.stop(id);
      }
    }, 20);
    const close = hypervisor.close.bind(hypervisor);
    hypervisor.close = () => {
      clearInterval(timer);
      return close();
    };
    return hypervisor;
  },
};
