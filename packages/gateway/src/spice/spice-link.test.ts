import { constants, generateKeyPairSync, privateDecrypt, publicEncrypt, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SpiceLink } from './spice-link.js';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
const der = publicKey.export({ format: 'der', type: 'spki' });
const oaep = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' };

const u32 = (...values: number[]) =>
  Buffer.concat(values.map((value) => Buffer.from(Uint32Array.of(value).buffer)));
const linked = (body: Buffer) => Buffer.concat([Buffer.from('REDQ'), u32(2, 2, body.length), body]);
const message = (caps: number[]) =>
  linked(Buffer.concat([u32(0), Buffer.of(1, 0), u32(caps.length, 0, 18), u32(...caps)]));
const reply = (caps: number[], error = 0, key = der) =>
  linked(Buffer.concat([u32(error), key, u32(caps.length, 0, 178), u32(...caps)]));

const ticketOf = (encrypted: Buffer) => privateDecrypt({ key: privateKey, ...oaep }, encrypted).toString();
const emptyTicket = () => publicEncrypt({ key: publicKey, ...oaep }, Buffer.of(0));

/** Feeds bytes cut at the given places. */
function fed(feed: (bytes: Buffer) => Buffer | undefined, bytes: Buffer, cuts: readonly number[]): Buffer {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return Buffer.concat(
    places.slice(1).map((end, at) => feed(bytes.subarray(places[at], end)) ?? Buffer.alloc(0)),
  );
}

test.each([
  ['both sides select their authentication', [0xb], [0x9], true],
  ['the viewer knows no capabilities', [], [0x9], false],
  ['the display knows none', [0xb], [], false],
] as const)('the ticket is replaced where %s', (_case, viewers, displays, selected) => {
  const cuts = fc.array(fc.nat(400), { maxLength: 8 });
  fc.assert(
    fc.property(cuts, cuts, cuts, (first, second, third) => {
      const link = new SpiceLink('s3cret');
      const greeting = message([...viewers]);
      expect(fed((bytes) => link.viewer(bytes), greeting, first).equals(greeting)).toBe(true);
      fed((bytes) => void link.display(bytes), reply([...displays]), second);
      const mechanism = selected ? u32(1) : Buffer.alloc(0);
      const rest = randomBytes(50);
      const sent = fed((bytes) => link.viewer(bytes), Buffer.concat([mechanism, emptyTicket(), rest]), third);
      expect(sent.subarray(0, mechanism.length).equals(mechanism)).toBe(true);
      expect(ticketOf(sent.subarray(mechanism.length, mechanism.length + 128))).toBe('s3cret\0');
      expect(sent.subarray(mechanism.length + 128).equals(rest)).toBe(true);
      expect(link.over).toBe(true);
    }),
    { numRuns: 40 },
  );
});

test('another authentication than a ticket goes through as it is', () => {
  const link = new SpiceLink('s3cret');
  link.viewer(message([1]));
  link.display(reply([1]));
  const sasl = Buffer.concat([u32(2), randomBytes(200)]);
  expect(link.viewer(sasl).equals(sasl)).toBe(true);
});

test.each([
  ['refuses', reply([1], 7)],
  ['has no key', reply([1], 0, Buffer.alloc(162, 7))],
  ['speaks something else', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'.repeat(20))],
])('the viewer’s own ticket goes to a display that %s', (_case, answer) => {
  const link = new SpiceLink('s3cret');
  link.viewer(message([]));
  link.display(answer);
  const ticket = randomBytes(128);
  expect(link.viewer(ticket).equals(ticket)).toBe(true);
});

test('whatever either side sends, nothing is lost, added or kept for ever', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), fc.uint8Array({ maxLength: 300 }))), (parts) => {
      const link = new SpiceLink('s3cret');
      let [given, sent] = [0, 0];
      for (const [fromViewer, bytes] of parts) {
        if (!fromViewer) link.display(bytes);
        else {
          given += bytes.length;
          sent += link.viewer(bytes).length;
        }
      }
      expect(given - sent).toBeLessThanOrEqual(16 + 4096);
      expect(given - sent).toBeGreaterThanOrEqual(0);
    }),
  );
});
