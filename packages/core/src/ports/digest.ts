/** SHA-256. */
export interface Digest {
  /** The digest of the text's UTF-8 bytes in lower-case hex. */
  sha256(text: string): string;
}
