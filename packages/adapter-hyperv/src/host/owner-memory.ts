/** Servers whose hosts are remembered before the oldest is forgotten. */
const MAX_OWNERS = 100_000;

/** Which host had a server when it was last seen. */
export class OwnerMemory<Host> {
  readonly #owners = new Map<string, Host>();

  get(serverId: string): Host | undefined {
    return this.#owners.get(serverId);
  }

  set(serverId: string, host: Host): void {
    this.#owners.delete(serverId);
    this.#owners.set(serverId, host);
    if (this.#owners.size <= MAX_OWNERS) return;
    for (const oldest of this.#owners.keys()) {
      this.#owners.delete(oldest);
      break;
    }
  }

  delete(serverId: string): void {
    this.#owners.delete(serverId);
  }
}
