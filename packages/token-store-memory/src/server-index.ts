import type { TokenEntry } from './token-entry.js';

/** Finds the tokens of a server without looking at those of others. */
export class ServerIndex {
  readonly #first = new Map<string, TokenEntry>();

  add(entry: TokenEntry): void {
    const { serverId } = entry.authorization;
    const first = this.#first.get(serverId);
    entry.next = first;
    if (first) first.previous = entry;
    this.#first.set(serverId, entry);
  }

  remove(entry: TokenEntry): void {
    const { previous, next } = entry;
    const { serverId } = entry.authorization;
    if (next) next.previous = previous;
    if (previous) previous.next = next;
    else if (next) this.#first.set(serverId, next);
    else this.#first.delete(serverId);
    entry.previous = undefined;
    entry.next = undefined;
  }

  entriesOf(serverId: string): readonly TokenEntry[] {
    const entries: TokenEntry[] = [];
    for (let entry = this.#first.get(serverId); entry; entry = entry.next) entries.push(entry);
    return entries;
  }
}
