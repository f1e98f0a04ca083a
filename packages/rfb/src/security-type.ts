/** Security types of RFB (RFC 6143 §7.1.2; VeNCrypt in the community's rfbproto). */
export const SecurityType = { invalid: 0, none: 1, vncAuthentication: 2, vencrypt: 19 } as const;

/** SecurityResult (RFC 6143 §7.1.3). */
export const SecurityResult = { ok: 0, failed: 1 } as const;

/** How a connection ended up secured. */
export type Security = 'none' | 'vnc' | 'x509none' | 'x509vnc';
