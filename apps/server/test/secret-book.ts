/** The secrets of a run, and whether any of them stands in a text in any form that people and programs write it in. */
export class SecretBook {
  readonly #forms = new Map<string, Set<string>>();

  /** @param what names the secret where it is found */
  add(what: string, secret: string): string {
    const forms = this.#forms.get(what) ?? new Set();
    for (const form of formsOf(secret)) forms.add(form);
    this.#forms.set(what, forms);
    return secret;
  }

  get size(): number {
    return this.#forms.size;
  }

  /** What was found, with the text around it. */
  leaksIn(place: string, text: string): string[] {
    const folded = text.toLowerCase();
    const leaks: string[] = [];
    for (const [what, forms] of this.#forms) {
      for (const form of forms) {
        const at = folded.indexOf(form);
        if (at < 0) continue;
        leaks.push(`${what} in ${place}: …${text.slice(Math.max(0, at - 120), at + form.length + 40)}…`);
        break;
      }
    }
    return leaks;
  }
}

/** All in lower case: a search that ignores case finds the upper-case form too, and a little more. */
function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const forms = [secret, encodeURIComponent(secret), bytes.toString('hex')];
  if (/^[0-9a-f-]{36}$/i.test(secret)) forms.push(secret.replaceAll('-', ''));
  // In the Base64 of a longer text a secret begins at one of three places in a group.
  for (const lead of [0, 1, 2]) {
    const whole = Buffer.concat([Buffer.alloc(lead), bytes]).toString('base64url');
    const from = [0, 2, 3][lead] ?? 0;
    forms.push(whole.slice(from, whole.length - ((lead + bytes.length) % 3 === 0 ? 0 : 1)));
  }
  return forms
    .flatMap((form) => [form, form.replaceAll('-', '+').replaceAll('_', '/')])
    .map((form) => form.toLowerCase());
}
