import { resourceGone } from '../fault/api-fault.js';
import type { Operation, Resource } from '../resource.js';

/** The consoles of XenServer (XVP), which Nova removed: 410 for whoever still asks. */
export const REMOVED_CONSOLES: readonly Resource[] = [
  {
    path: '/servers/{server_id}/consoles',
    operations: { GET: gone('listXvpConsoles'), POST: gone('createXvpConsole') },
  },
  {
    path: '/servers/{server_id}/consoles/{console_id}',
    operations: { GET: gone('showXvpConsole') },
  },
];

function gone(name: string): Operation {
  return {
    name,
    summary: 'Removed',
    deprecated: true,
    faults: [410],
    handle: () => Promise.reject(resourceGone()),
  };
}
