import { describe, expect, it } from 'vitest';
import { contentSecurityPolicy, VIEWER_PAGES, type ViewerPage } from './viewer-page.js';

describe.each(Object.entries<ViewerPage>(VIEWER_PAGES))('the policy of the %s page', (type, page) => {
  const policy = contentSecurityPolicy(page, ["'self'", 'https://dashboard.example']);
  const directives = new Map(
    policy.split('; ').map((text) => [text.split(' ')[0], text.split(' ').slice(1)]),
  );

  it('lets in nothing by default and no inline script', () => {
    expect(directives.get('default-src')).toEqual(["'none'"]);
    const compiled = type === 'rdp-html5' ? ["'wasm-unsafe-eval'"] : [];
    expect(directives.get('script-src')).toEqual(["'self'", ...compiled]);
    expect(directives.get('connect-src')).toEqual(["'self'"]);
    expect(directives.get('base-uri')).toEqual(["'none'"]);
    expect(directives.get('form-action')).toEqual(["'none'"]);
  });

  it('lets the given ones embed it', () => {
    expect(directives.get('frame-ancestors')).toEqual(["'self'", 'https://dashboard.example']);
  });
});
