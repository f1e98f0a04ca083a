import { sendFullLengthTickets } from './full-length-ticket.js';

export type SpiceHtml5 = typeof import('./spice-html5.js');

let loading: Promise<SpiceHtml5> | undefined;

/** The library, mended; loaded when it is first needed, and asked for again if it did not come. */
export function loadSpiceHtml5(): Promise<SpiceHtml5> {
  loading ??= import('./spice-html5.js').then(
    (library) => {
      sendFullLengthTickets(library.SpiceConn.prototype);
      return library;
    },
    (error: unknown) => {
      loading = undefined;
      throw error;
    },
  );
  return loading;
}
