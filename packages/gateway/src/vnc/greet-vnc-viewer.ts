import type { Greeted } from '../handshake/greeting.js';
import type { Opening } from '../handshake/opening.js';
import type { Upstream } from '../relay/upstream.js';
import type { ViewerChannel } from '../relay/viewer-channel.js';
import { SessionEnded } from '../session/closings.js';
import { CloseCode } from '../websocket/close-code.js';
import { ViewerGreeting } from './viewer-greeting.js';

const LATE_VIEWER = { code: CloseCode.protocolError, reason: 'the RFB handshake took too long' };

/**
 * Takes the viewer of a VNC console that has let us in through its own RFB handshake.
 *
 * @param timeout ms for it
 */
export async function greetVncViewer(
  viewer: ViewerChannel,
  upstream: Upstream,
  opening: Opening,
  timeout: number,
): Promise<Greeted> {
  let greeting: ViewerGreeting | undefined;
  const greeted = () =>
    new Promise<Buffer>((resolve, reject) => {
      const begin = (rest: Buffer) => {
        viewer.pause();
        resolve(rest);
      };
      greeting = new ViewerGreeting(viewer, begin, reject);
      greeting.start();
    });
  try {
    const early = await opening.step('the handshake with the viewer', timeout, greeted, () => {});
    return { upstream, early };
  } catch (error) {
    const { code, reason } = error instanceof SessionEnded ? error.closing : LATE_VIEWER;
    greeting?.giveUp(code, reason);
    upstream.destroy();
    throw error;
  }
}
