import { X509Certificate } from 'node:crypto';

/** For `tls.connect`: checks the certificate's subject instead of its names. */
export function subjectCheck(wanted: string) {
  return (_name: string, { raw }: { readonly raw: Buffer }): Error | undefined =>
    isSubject(new X509Certificate(raw).subject, wanted) ? undefined : new OtherSubject();
}

/** With a code, as Node's own verification errors have. */
class OtherSubject extends Error {
  readonly code = 'CERT_SUBJECT_DIFFERS';

  constructor() {
    super('the subject of the certificate is not the configured one');
  }
}

/**
 * Whether a subject is the wanted one: the same names in the same order, as SPICE's host subject is compared.
 *
 * @param subject as `X509Certificate` tells it: a line for each name, escaped as RFC 2253 says
 * @param wanted `C=IL,O=Example,CN=kvm1`, with a backslash before a comma or backslash of a value
 */
export function isSubject(subject: string, wanted: string): boolean {
  const found = subject.split('\n').map(unescaped);
  const names = (wanted.match(/(?:[^,\\]|\\.)+/gsu) ?? []).map((name) => unescaped(name.trimStart()));
  return found.length === names.length && found.every((name, index) => name === names[index]);
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(.)/gsu, '$1');
}
