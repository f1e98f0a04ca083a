import { and, or, type PolicyExpression, role, rule, sameProject } from './policy-expression.js';

/** The rules that the API asks: Nova's names for what Nova has, ours for the rest. */
export const POLICY_RULES = [
  'os_compute_api:os-remote-consoles',
  'os_compute_api:os-console-output',
  'os_compute_api:os-console-auth-tokens',
  'os_compute_api:servers:index',
  'os_compute_api:servers:index:get_all_tenants',
  'os_compute_api:servers:detail',
  'os_compute_api:servers:detail:get_all_tenants',
  'os_compute_api:servers:show',
  'remote_consoles:sessions:index',
  'remote_consoles:sessions:show',
  'remote_consoles:sessions:delete',
] as const;
export type PolicyRule = (typeof POLICY_RULES)[number];

/** Nova's defaults; a deployment's own rules are laid over them by name. */
export const DEFAULT_POLICY: Readonly<Record<string, PolicyExpression>> = {
  context_is_admin: role('admin'),
  admin_api: role('admin'),
  project_member_api: and(role('member'), sameProject),
  project_reader_api: and(role('reader'), sameProject),
  project_member_or_admin: or(rule('project_member_api'), rule('context_is_admin')),
  project_reader_or_admin: or(rule('project_reader_api'), rule('context_is_admin')),
  'os_compute_api:os-remote-consoles': rule('project_member_or_admin'),
  'os_compute_api:os-console-output': rule('project_member_or_admin'),
  'os_compute_api:os-console-auth-tokens': rule('context_is_admin'),
  'os_compute_api:servers:index': rule('project_reader_or_admin'),
  'os_compute_api:servers:index:get_all_tenants': rule('context_is_admin'),
  'os_compute_api:servers:detail': rule('project_reader_or_admin'),
  'os_compute_api:servers:detail:get_all_tenants': rule('context_is_admin'),
  'os_compute_api:servers:show': rule('project_reader_or_admin'),
  'remote_consoles:sessions:index': rule('project_member_or_admin'),
  'remote_consoles:sessions:show': rule('project_member_or_admin'),
  'remote_consoles:sessions:delete': rule('project_member_or_admin'),
};
