import { ConsoleError } from '@remote-consoles/core';
import { encodeRdCleanPathAnswer } from '@remote-consoles/rdp-tunnel';
import type { Greeted } from '../handshake/greeting.js';
import { ConsoleTimeout, type Opening, ViewerLeft } from '../handshake/opening.js';
import type { Upstream } from '../relay/upstream.js';
import type { ViewerChannel } from '../relay/viewer-channel.js';
import { SessionEnded } from '../session/closings.js';
import { CloseCode } from '../websocket/close-code.js';
import { encodeFailure } from './failure-answer.js';
import { enterRdpServer, type RdpSecurity, type RdpServer } from './rdp-server-phase.js';
import { RdpViewer } from './rdp-viewer.js';
import type { RefusedLogins } from './refused-logins.js';
import { WidenedUpstream } from './widened-upstream.js';

/** What the RDP consoles of a gateway share. */
export interface RdpSettings {
  /** Whether bitmap updates are made fit for viewers that cannot cut them. */
  readonly widenBitmaps: boolean;
  readonly refusedLogins: RefusedLogins;
}

/** An RDP server that was dialled and has not been spoken to. */
export interface DialledRdpServer {
  readonly upstream: Upstream;
  readonly security: RdpSecurity;
  readonly host: string | undefined;
}

/**
 * Gives a viewer its RDP console: its RDCleanPath request, then all that comes before RDP with the server, then the
 * answer, which is an error code where the server did not let us in.
 *
 * @param timeout ms for each: the viewer's request, the server, the viewer's first RDP message
 */
export async function greetRdpViewer(
  channel: ViewerChannel,
  { upstream, security, host }: DialledRdpServer,
  { widenBitmaps, refusedLogins }: RdpSettings,
  opening: Opening,
  timeout: number,
): Promise<Greeted> {
  const viewer = new RdpViewer(channel, (error) => opening.giveUp(error));
  let server: RdpServer | undefined;
  try {
    await viewerStep(opening, timeout, () => viewer.request());
    server = await opening.step(
      'the handshake with the console',
      timeout,
      () =>
        refusedLogins.attempt(host, security.account, () =>
          enterRdpServer(upstream, security, host, opening.signal),
        ),
      (late) => late.upstream.destroy(),
    );
    const { selectedProtocol } = server;
    viewer.send(connectedAnswer(server));
    const early = await viewerStep(opening, timeout, () => viewer.connectInitial(selectedProtocol));
    return { upstream: widenBitmaps ? new WidenedUpstream(server.upstream) : server.upstream, early };
  } catch (error) {
    server?.upstream.destroy();
    upstream.destroy();
    dismiss(viewer, error, server !== undefined);
    throw error;
  }
}

/** A viewer that is late has failed, not its console. */
async function viewerStep<Result>(
  opening: Opening,
  timeout: number,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await opening.step('the handshake with the viewer', timeout, work, () => {});
  } catch (error) {
    throw error instanceof ConsoleTimeout ? new ViewerLeft('viewer-late') : error;
  }
}

function connectedAnswer({ x224Confirm, certificates }: RdpServer): Uint8Array {
  return encodeRdCleanPathAnswer({
    kind: 'connected',
    x224ConnectionConfirm: x224Confirm,
    serverCertificateChain: certificates,
    // Where the console is, is not for its viewer to know.
    serverAddress: 'console',
  });
}

/** @param answered whether the viewer has had its answer: what comes after is RDP */
function dismiss(viewer: RdpViewer, error: unknown, answered: boolean): void {
  if (error instanceof ViewerLeft) {
    viewer.close(CloseCode.protocolError, 'the RDP handshake took too long');
  } else if (error instanceof SessionEnded) {
    viewer.close(error.closing.code, error.closing.reason);
  } else {
    if (!answered) viewer.send(encodeFailure(error));
    if (error instanceof ConsoleError) viewer.close(CloseCode.consoleClosed, error.message);
    else viewer.close(CloseCode.internalError, 'internal error');
  }
}
