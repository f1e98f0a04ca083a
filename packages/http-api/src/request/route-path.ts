/** The router's form of a path with parameters in braces: `/servers/:server_id` of `/servers/{server_id}`. */
export function routePath(path: string): string {
  return path.replaceAll(/\{(\w+)\}/g, ':$1');
}
