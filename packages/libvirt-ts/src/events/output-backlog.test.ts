import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OutputBacklog } from './output-backlog.js';

describe('OutputBacklog', () => {
  it('gives what it was given, in order, however little is taken at a time', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 20 })),
        fc.infiniteStream(fc.nat(7)),
        (chunks, takes) => {
          const backlog = new OutputBacklog(10_000);
          const taken: number[] = [];
          const drain = (): void =>
            backlog.drain((bytes) => {
              const count = Math.min(bytes.length, takes.next().value ?? 0);
              taken.push(...bytes.subarray(0, count));
              return count;
            });
          for (const chunk of chunks) {
            backlog.push(chunk);
            drain();
          }
          expect(taken.length + backlog.size).toBe(chunks.reduce((sum, { length }) => sum + length, 0));
          backlog.drain((bytes) => taken.push(...bytes) && bytes.length);
          expect(taken).toEqual(chunks.flatMap((chunk) => [...chunk]));
          expect(backlog.size).toBe(0);
        },
      ),
    );
  });

  it('keeps a copy: the buffer may be used again', () => {
    const backlog = new OutputBacklog(100);
    const buffer = Buffer.from('first');
    backlog.push(buffer);
    buffer.write('later');
    const given: string[] = [];
    backlog.drain((bytes) => given.push(bytes.toString()) && bytes.length);
    expect(given).toEqual(['first']);
  });

  it('never keeps more than its limit, and goes on when there is room again', () => {
    const backlog = new OutputBacklog(10);
    for (const text of ['12345', '67890', 'lost']) backlog.push(Buffer.from(text));
    expect(backlog.size).toBe(10);
    const given: string[] = [];
    backlog.drain((bytes) => given.push(bytes.toString()) && bytes.length);
    backlog.push(Buffer.from('again'));
    backlog.drain((bytes) => given.push(bytes.toString()) && bytes.length);
    expect(given).toEqual(['12345', '67890', 'again']);
  });
});
