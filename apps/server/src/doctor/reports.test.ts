import { describe, expect, it } from 'vitest';
import { JsonReport } from './json-report.js';
import type { LegReport } from './leg-report.js';
import { TextReport } from './text-report.js';

const reports: readonly LegReport[] = [
  { place: 'hypervisor kvm1', leg: 'connect', outcome: 'ok', ms: 0.54321, detail: 'libvirt 11.3' },
  {
    place: 'console',
    leg: 'TCP 5900',
    outcome: 'failed',
    ms: 5002.4,
    detail: 'no answer',
    advice: 'Look there.',
  },
  { place: 'console', leg: 'RFB banner', outcome: 'not reached' },
];

function printed(make: (write: (text: string) => void) => TextReport | JsonReport, well = false): string {
  let text = '';
  const report = make((more) => {
    text += more;
  });
  for (const leg of reports) report.add(leg);
  report.end(well);
  return text;
}

describe('what the doctor prints', () => {
  it('is a table under each place', () => {
    expect(printed((write) => new TextReport(write))).toBe(
      `hypervisor kvm1
  ok      connect                0.5 ms  libvirt 11.3

console
  FAILED  TCP 5900              5002 ms  no answer
          Look there.
  -       RFB banner                     not reached

Not all is well: see what FAILED above, and what to do below it.
`,
    );
    expect(printed((write) => new TextReport(write), true)).toMatch(/All is well\.\n$/);
  });

  it('breaks advice between words to fit the terminal', () => {
    let text = '';
    const report = new TextReport((more) => {
      text += more;
    }, 60);
    const advice = 'word '.repeat(40).trim();
    report.add({ place: 'p', leg: 'l', outcome: 'failed', detail: 'd', advice });
    const lines = text.trimEnd().split('\n').slice(2);
    expect(lines.length).toBeGreaterThan(3);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(60);
    expect(lines.map((line) => line.trim()).join(' ')).toBe(advice);
  });

  it('is an object a line, for programs', () => {
    const lines = printed((write) => new JsonReport(write))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toEqual([
      { ...reports[0], ms: 0.5 },
      { ...reports[1], ms: 5002.4 },
      reports[2],
      { well: false },
    ]);
  });
});
