/** Names further away than this many edits are not what was meant. */
const MAX_EDITS = 4;

/** "; did you mean A or B?", or nothing where no name is near. */
export function didYouMean(wanted: string, names: Iterable<string>): string {
  const near = nearestNames(wanted, names);
  return near.length === 0 ? '' : `; did you mean ${near.join(' or ')}?`;
}

/** Up to three names that a typing mistake or two turns into the wanted one, the nearest first. */
export function nearestNames(wanted: string, names: Iterable<string>): readonly string[] {
  return [...names]
    .map((name) => ({ name, edits: editsBetween(wanted.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, edits }) => edits <= Math.min(MAX_EDITS, name.length / 3))
    .sort((a, b) => a.edits - b.edits)
    .slice(0, 3)
    .map(({ name }) => name);
}

/** Levenshtein's distance, one row at a time. */
function editsBetween(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > MAX_EDITS) return Number.POSITIVE_INFINITY;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
