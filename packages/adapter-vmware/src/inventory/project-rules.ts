import type { Inventory } from './inventory.js';
import type { VirtualMachine } from './virtual-machine.js';

/** How the project of a VM is found. The first rule that says something decides. */
export interface ProjectRules {
  /** The name of a custom attribute whose value is the project's id. */
  readonly customAttribute?: string;
  /** A key of the VM's advanced settings whose value is the project's id. */
  readonly extraConfig?: string;
  /** Whether to believe the `projectid` that Nova writes into the VM's notes. */
  readonly novaAnnotation: boolean;
  /** Project ids by inventory path, such as `DC0/vm/tenants/acme`; the deepest folder decides. */
  readonly folders: ReadonlyMap<string, string>;
  /** The project of all other VMs. */
  readonly default?: string;
}

/** The project that a VM belongs to; undefined where no rule knows it: then it is nobody's server. */
export function projectOf(vm: VirtualMachine, inventory: Inventory, rules: ProjectRules): string | undefined {
  const { customAttribute, extraConfig } = rules;
  return (
    (customAttribute !== undefined
      ? meaningful(inventory.customAttribute(vm, customAttribute))
      : undefined) ??
    (extraConfig !== undefined ? meaningful(vm.extraConfig.get(extraConfig)) : undefined) ??
    (rules.novaAnnotation ? annotatedProject(vm.annotation) : undefined) ??
    folderProject(inventory.folderPath(vm), rules.folders) ??
    rules.default
  );
}

function folderProject(path: readonly string[], folders: ProjectRules['folders']): string | undefined {
  for (let depth = path.length; depth > 0; depth--) {
    const project = folders.get(path.slice(0, depth).join('/'));
    if (project !== undefined) return project;
  }
  return undefined;
}

/**
 * Nova writes notes of lines such as `projectid:ID`, after a line with the server's name, which its user chose. Notes
 * with two such lines are therefore believed in neither.
 */
function annotatedProject(annotation = ''): string | undefined {
  const lines = annotation
    .split(/\r\n|[\n\r\v\f\u0085\u2028\u2029]/)
    .filter((line) => line.startsWith('projectid:'));
  return lines.length === 1 ? meaningful(lines[0]?.slice('projectid:'.length)) : undefined;
}

function meaningful(text: string | undefined): string | undefined {
  const project = text?.trim() ?? '';
  return project === '' || project.length > 255 ? undefined : project;
}
