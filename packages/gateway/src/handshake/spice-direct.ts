import type { IncomingMessage, ServerResponse } from 'node:http';
import { type RedeemConsoleToken, type RedeemedConsole, tokenInvalid } from '@remote-consoles/core';
import { virtViewerFile } from '../spice/virt-viewer-file.js';
import type { AdmissionDesk, ConsoleRequest } from './admission.js';
import { Opening } from './opening.js';
import type { Reception } from './reception.js';
import { answerRefusal, refusalOf } from './refusal.js';

/**
 * Answers a GET with a token of type spice-direct with the file that remote-viewer opens (Nova 2.99). From there on the
 * viewer and the display talk without us: the download is all of the session that we see.
 */
export class SpiceDirectDownload {
  readonly #desk: AdmissionDesk;
  readonly #reception: Reception;
  readonly #redeem: Pick<RedeemConsoleToken, 'execute'>;
  readonly #timeout: number;

  /** @param timeout ms until the look-up must be over */
  constructor(
    desk: AdmissionDesk,
    reception: Reception,
    redeem: Pick<RedeemConsoleToken, 'execute'>,
    timeout: number,
  ) {
    this.#desk = desk;
    this.#reception = reception;
    this.#redeem = redeem;
    this.#timeout = timeout;
  }

  /** Never rejects. */
  async handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const admission = this.#desk.checkGet(message);
      const refusal =
        this.#reception.closed ?? (admission.kind === 'refused' ? admission.refusal : undefined);
      if (refusal) {
        this.#reception.turnAway(refusal, this.#desk.clientAddress(message));
        answerRefusal(response, refusal);
      } else if (admission.kind === 'admitted') answerFile(response, await this.#open(admission.request));
    } catch (error) {
      const refusal = refusalOf(error);
      this.#reception.noteRefusal(refusal, error);
      answerRefusal(response, refusal);
    }
  }

  async #open(viewer: ConsoleRequest): Promise<string> {
    const { token, clientAddress } = viewer;
    const opening = new Opening();
    this.#reception.openings.add(opening);
    try {
      const request = { token, ...(clientAddress !== undefined && { clientAddress }) };
      const look = () => this.#redeem.execute(request);
      const late = (redeemed: RedeemedConsole) => void redeemed.release().catch(() => undefined);
      return await this.#fileOf(
        await opening.step('looking up the console', this.#timeout, look, late),
        viewer,
      );
    } finally {
      this.#reception.openings.delete(opening);
    }
  }

  /** A token that gave no file stays as good as before. */
  async #fileOf(redeemed: RedeemedConsole, viewer: ConsoleRequest): Promise<string> {
    const { authorization, connection, server } = redeemed;
    try {
      if (authorization.type !== 'spice-direct') throw tokenInvalid();
      const file = virtViewerFile(connection, server.name);
      this.#reception.records.opened(authorization, viewer, { transport: connection.transport.kind });
      return file;
    } catch (error) {
      this.#reception.records.notOpened(authorization, viewer, error);
      await redeemed.release();
      throw error;
    }
  }
}

function answerFile(response: ServerResponse, file: string): void {
  response.writeHead(200, {
    'Content-Type': 'application/x-virt-viewer',
    'Content-Disposition': 'attachment; filename="console.vv"',
    'Content-Length': Buffer.byteLength(file),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  });
  response.end(file);
}
