import type { TakeScreenshot } from '@remote-consoles/core';
import { serverIdOf } from '../request/server-id.js';
import type { ConsoleResource } from './console-resource.js';

/** `GET /console/servers/{server_id}/screenshot`: what a server's screen shows now. */
export function screenshotResource(takeScreenshot: Pick<TakeScreenshot, 'execute'>): ConsoleResource {
  return {
    path: '/servers/{server_id}/screenshot',
    operations: {
      GET: {
        name: 'takeScreenshot',
        summary: "Shows what is on a server's screen",
        answer: { 'image/png': { contentMediaType: 'image/png' } },
        faults: [403, 409, 501],
        handle: async ({ credentials, params, context }) => {
          const serverId = serverIdOf(params);
          const { mediaType, data } = await takeScreenshot.execute({ credentials, serverId, context });
          return { kind: 'picture', mediaType, data };
        },
      },
    },
  };
}
