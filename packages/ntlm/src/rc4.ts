import { NtlmError } from './errors.js';

/** The RC4 key stream that NTLM sessions use. Here because OpenSSL 3 no longer has it. */
export class Rc4 {
  readonly #state = new Uint8Array(256);
  #i = 0;
  #j = 0;

  /** @throws {NtlmError} `invalid-argument` unless the key has 1 to 256 bytes. */
  constructor(key: Uint8Array) {
    if (key.length < 1 || key.length > 256)
      throw new NtlmError('invalid-argument', 'an RC4 key has 1 to 256 bytes');
    const state = this.#state;
    for (let i = 0; i < 256; i++) state[i] = i;
    for (let i = 0, j = 0; i < 256; i++) {
      j = (j + at(state, i) + at(key, i % key.length)) & 255;
      swap(state, i, j);
    }
  }

  /** Encrypts or decrypts the next bytes of the stream. */
  apply(input: Uint8Array): Uint8Array {
    const output = new Uint8Array(input.length);
    const state = this.#state;
    for (let k = 0; k < input.length; k++) {
      this.#i = (this.#i + 1) & 255;
      this.#j = (this.#j + at(state, this.#i)) & 255;
      swap(state, this.#i, this.#j);
      output[k] = at(input, k) ^ at(state, (at(state, this.#i) + at(state, this.#j)) & 255);
    }
    return output;
  }

  /** Forgets the key; the stream must not be used after it. */
  wipe(): void {
    this.#state.fill(0);
  }
}

const at = (bytes: Uint8Array, index: number): number => bytes[index] ?? 0;

function swap(state: Uint8Array, i: number, j: number): void {
  const kept = at(state, i);
  state[i] = at(state, j);
  state[j] = kept;
}
