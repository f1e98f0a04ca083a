import type { ServerMetadata } from './domain-description.js';
import type { XmlElement } from './xml-element.js';

/** What Nova's libvirt driver writes (nova/virt/libvirt/config.py, `NOVA_NS`). */
const novaNamespace = 'http://openstack.org/xmlns/libvirt/nova/1.0';

/** Ours, for domains that Nova does not make: `<rc:server project="…" user="…" name="…" serial="…"/>`. */
export const ownNamespace = 'urn:remote-consoles:server:1';

/** Reads `<metadata>`. Ours goes before Nova's, whole. */
export function serverMetadata(metadata: XmlElement | undefined): ServerMetadata {
  const own = metadata?.child('server', ownNamespace);
  if (own !== undefined) {
    return present({
      projectId: own.attribute('project'),
      userId: own.attribute('user'),
      name: own.attribute('name'),
      serialDevice: own.attribute('serial'),
    });
  }
  const nova = metadata?.child('instance', novaNamespace);
  const owner = nova?.child('owner');
  return present({
    projectId: owner?.child('project')?.attribute('uuid'),
    userId: owner?.child('user')?.attribute('uuid'),
    name: nova?.child('name')?.text,
    createdAt: creationTime(nova?.child('creationTime')?.text),
  });
}

/** `2026-01-31 12:00:00`, in UTC. */
function creationTime(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(text)) return undefined;
  const time = Date.parse(`${text.replace(' ', 'T')}Z`);
  return Number.isNaN(time) ? undefined : time;
}

/** Leaves out what is missing or empty. */
function present(fields: { [Key in keyof ServerMetadata]: ServerMetadata[Key] | undefined }): ServerMetadata {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && value !== ''),
  );
}
