/** How the project of a VM is found. */
export interface ProjectRules {
  /** Whether a line `project: ID` in the VM's notes says it. */
  readonly notes: boolean;
  /** The project of all other VMs. */
  readonly default?: string;
}

const LINE = /^\s*project\s*:(.*)$/i;

/**
 * The project that a VM belongs to; undefined where no rule knows it: then it is nobody's server. So it is where its
 * notes say it twice, or say nothing usable.
 */
export function projectOf(notes: readonly string[], rules: ProjectRules): string | undefined {
  const said = rules.notes ? notes.flatMap((line) => LINE.exec(line)?.[1] ?? []) : [];
  if (said.length === 0) return rules.default;
  const project = said[0]?.trim() ?? '';
  return said.length > 1 || project === '' || project.length > 255 ? undefined : project;
}
