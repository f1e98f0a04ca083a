/** Encodings that are or could be in use between noVNC, TigerVNC, QEMU and us (RFC 6143 §7.7, rfbproto). */
export const Encoding = {
  raw: 0,
  copyRect: 1,
  tight: 7,
  zrle: 16,
  desktopSize: -223,
  lastRect: -224,
  cursor: -239,
  qemuExtendedKeyEvent: -258,
  desktopName: -307,
  extendedDesktopSize: -308,
  xvp: -309,
  fence: -312,
  continuousUpdates: -313,
  extendedMouseButtons: -316,
} as const;
