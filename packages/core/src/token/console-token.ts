/** SHA-256 of a token in lower-case hex: the only form in which a token is stored or compared. */
export type TokenDigest = string & { readonly __brand: 'TokenDigest' };

/** The default life of a token, s (Nova's `[consoleauth] token_ttl`). */
export const DEFAULT_TOKEN_TTL = 600;

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether the text has the form of a token (a UUID: clients match tokens with that pattern). */
export function isTokenText(text: string): boolean {
  return text.length === 36 && UUID.test(text);
}
