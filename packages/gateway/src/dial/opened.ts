import type { EventEmitter } from 'node:events';
import { ConsoleError } from '@remote-consoles/core';

/** Waits for the event; rejects with the socket's error, or with the signal's reason. */
export function opened(socket: EventEmitter, event: string, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (done: () => void) => {
      signal.removeEventListener('abort', onAbort);
      socket.off(event, onOpen).off('error', onError).off('close', onClose);
      done();
    };
    const onOpen = () => settle(resolve);
    const onError = (error: Error) => settle(() => reject(error));
    const onClose = () => settle(() => reject(closedEarly()));
    const onAbort = () => settle(() => reject(signal.reason as Error));
    socket.once(event, onOpen).once('error', onError).once('close', onClose);
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
}

/** @returns the error of a connection that was closed before anything was said on it */
export function closedEarly(): ConsoleError {
  return new ConsoleError('console-unreachable', 'the console closed the connection at once');
}
