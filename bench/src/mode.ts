/** What the console behind the proxy does. */
export type Mode = 'source' | 'quiet';

export const MODES: readonly Mode[] = ['source', 'quiet'];

export const targetPort = (mode: Mode): number => 18_900 + MODES.indexOf(mode);
