import { randomInt } from 'node:crypto';
import { Secret } from '@remote-consoles/core';
import type { Display } from '../domain/domain-description.js';
import type { FoundDomain } from '../host/domain-search.js';

/** How long a password that we set lets anybody in, in ms. */
const validity = 120_000;
/** A password that somebody set is used while it is valid for this much longer, in ms. */
const remaining = 60_000;

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
/** VNC takes 8 characters and libvirt refuses more; SPICE takes up to 60. */
const passwordLength: Readonly<Record<string, number>> = { vnc: 8, spice: 32 };

/**
 * Sets passwords of displays for a short while, so that the fixed one in the domain's definition is neither
 * used nor known to whoever sees a session's. It lives in libvirt alone: each gateway finds there what another
 * has set. A display without a password cannot be given one while it runs.
 */
export class SessionPasswords {
  readonly #now: () => number;
  readonly #setting = new Map<string, Promise<Display>>();

  /** @param now ms since the epoch */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** The display with a password that is valid now. Rejects where libvirt refuses it. */
  async refresh(domain: FoundDomain, display: Display): Promise<Display> {
    const { password, passwordValidTo } = display;
    if (password === undefined || password.reveal() === '') return display;
    if (passwordValidTo !== undefined && passwordValidTo > this.#now() + remaining) return display;
    const key = `${domain.host}/${domain.description.uuid}/${display.index}`;
    const setting = this.#setting.get(key) ?? this.#set(domain, display);
    this.#setting.set(key, setting);
    try {
      return await setting;
    } finally {
      if (this.#setting.get(key) === setting) this.#setting.delete(key);
    }
  }

  async #set({ at, description }: FoundDomain, display: Display): Promise<Display> {
    const password = randomText(passwordLength[display.type] ?? 8);
    const passwordValidTo = this.#now() + validity;
    const passwdValidTo = new Date(passwordValidTo).toISOString().slice(0, 19); // UTC, in seconds
    const xml = display.element.toXml({ passwd: password, passwdValidTo });
    await at.ask((connection) => connection.domain({ uuid: description.uuid, name: '' }).updateDevice(xml));
    return { ...display, password: new Secret(password), passwordValidTo };
  }
}

function randomText(length: number): string {
  return Array.from({ length }, () => alphabet.charAt(randomInt(alphabet.length))).join('');
}
