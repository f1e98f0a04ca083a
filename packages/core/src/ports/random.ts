/** A cryptographically strong source. */
export interface Random {
  /** A random (version 4) UUID in lower case. */
  uuid(): string;
}
