/** The parts of a Content-Security-Policy that differ from page to page. */
interface PageNeeds {
  readonly scriptSrc?: readonly string[];
  readonly styleSrc?: readonly string[];
  readonly imgSrc?: readonly string[];
  readonly mediaSrc?: readonly string[];
  readonly trustedTypes?: boolean;
}

/** A page, and the addresses it is served at. */
export interface ViewerPage {
  /** Its file below the built pages. */
  readonly file: string;
  /** Where it is served; the first is the one to put into console URLs. */
  readonly paths: readonly string[];
  readonly needs: PageNeeds;
}

/** The page of each console type that has one. Types are Nova's names. */
export const VIEWER_PAGES = {
  // Two names for one page: noVNC's before and since its 1.0, both of which are in people's configurations.
  novnc: {
    file: 'vnc_lite.html',
    paths: ['/vnc_lite.html', '/vnc_auto.html'],
    needs: { trustedTypes: true },
  },
  webmks: { file: 'mks.html', paths: ['/mks.html'], needs: { trustedTypes: true } },
  // xterm.js sizes and colours its rows with style elements of its own.
  serial: {
    file: 'serial.html',
    paths: ['/serial.html'],
    needs: { styleSrc: ["'unsafe-inline'"], trustedTypes: true },
  },
  'spice-html5': {
    file: 'spice_auto.html',
    paths: ['/spice_auto.html'],
    // The machine's sound is put together in the page.
    needs: { mediaSrc: ['blob:'], trustedTypes: true },
  },
  'rdp-html5': {
    file: 'rdp.html',
    paths: ['/rdp.html'],
    needs: { scriptSrc: ["'wasm-unsafe-eval'"], trustedTypes: true },
  },
} as const satisfies Record<string, ViewerPage>;

/**
 * The page for WebMKS where the operator has VMware's own client. That builds its elements from text, as jQuery does, and
 * plays the machine's sound.
 */
export const WMKS_PAGE: ViewerPage = {
  file: 'wmks.html',
  paths: VIEWER_PAGES.webmks.paths,
  needs: { styleSrc: ["'unsafe-inline'"], imgSrc: ['blob:'], mediaSrc: ['blob:', 'data:'] },
};

export type ViewerPageType = keyof typeof VIEWER_PAGES;

/**
 * The policy of one page: its own origin's scripts, styles, pictures and sockets, nothing inline, nothing else.
 * `'self'` in connect-src covers the WebSocket of the same origin (CSP 3 §6.7.2.8).
 *
 * @param frameAncestors who may embed the page, as CSP sources
 */
export function contentSecurityPolicy(page: ViewerPage, frameAncestors: readonly string[]): string {
  const { scriptSrc = [], styleSrc = [], imgSrc = [], mediaSrc = [], trustedTypes = false } = page.needs;
  return [
    "default-src 'none'",
    ["script-src 'self'", ...scriptSrc].join(' '),
    ["style-src 'self'", ...styleSrc].join(' '),
    "connect-src 'self'",
    // data: is how noVNC sets the machine's pointer and draws Tight's JPEG rectangles.
    ["img-src 'self' data:", ...imgSrc].join(' '),
    ...(mediaSrc.length > 0 ? [['media-src', ...mediaSrc].join(' ')] : []),
    "base-uri 'none'",
    "form-action 'none'",
    ['frame-ancestors', ...frameAncestors].join(' '),
    ...(trustedTypes ? ["require-trusted-types-for 'script'", "trusted-types 'none'"] : []),
  ].join('; ');
}
