/** NEGOTIATE flags that this package uses (MS-NLMP §2.2.2.5). */
export const NegotiateFlag = {
  unicode: 0x0000_0001,
  requestTarget: 0x0000_0004,
  sign: 0x0000_0010,
  seal: 0x0000_0020,
  ntlm: 0x0000_0200,
  alwaysSign: 0x0000_8000,
  targetTypeServer: 0x0002_0000,
  extendedSessionSecurity: 0x0008_0000,
  targetInfo: 0x0080_0000,
  version: 0x0200_0000,
  keyLength128: 0x2000_0000,
  keyExchange: 0x4000_0000,
} as const;

const f = NegotiateFlag;

/** Without any one of these the exchange is refused: less is forgeable or readable today. */
export const requiredFlags =
  f.unicode | f.sign | f.seal | f.ntlm | f.extendedSessionSecurity | f.keyLength128 | f.keyExchange;

/** What our client asks for. */
export const clientFlags = requiredFlags | f.requestTarget | f.alwaysSign | f.targetInfo | f.version;

/** Are all of `wanted` set in `flags`? */
export const hasFlags = (flags: number, wanted: number): boolean => (flags & wanted) === wanted;
