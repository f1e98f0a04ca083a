import { element } from './element.js';
import { icon } from './icon.js';

const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** Whether the way between this page and the gateway is encrypted. It says nothing about the way behind the gateway. */
export function linkSecurity(page: URL): {
  readonly safe: boolean;
  readonly label: string;
  readonly title: string;
} {
  if (page.protocol === 'https:') {
    return { safe: true, label: 'Encrypted', title: 'Encrypted between this page and the gateway (TLS).' };
  }
  if (LOOPBACK.test(page.hostname)) {
    return {
      safe: true,
      label: 'Local',
      title: 'Not encrypted: the gateway runs on this computer and nothing leaves it on the way there.',
    };
  }
  return {
    safe: false,
    label: 'Not encrypted',
    title:
      'Not encrypted between this page and the gateway: others on the network can see and change what you do.',
  };
}

export function securityBadge(page: URL): HTMLElement {
  const { safe, label, title } = linkSecurity(page);
  return element(
    'span',
    { class: 'badge', 'data-safe': String(safe), title },
    icon(page.protocol === 'https:' ? 'lock' : 'unlock'),
    element('span', { class: 'badge-label' }, label),
    element('span', { class: 'visually-hidden' }, `: ${title}`),
  );
}
