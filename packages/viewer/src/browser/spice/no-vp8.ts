/**
 * Hides VP8 from spice-html5, which would show it in an element that neither scales nor is allowed by the page's policy.
 * Servers send MJPEG instead.
 */
export function hideVp8(): void {
  if (!('MediaSource' in window)) return;
  const supported = MediaSource.isTypeSupported.bind(MediaSource);
  MediaSource.isTypeSupported = (type) => !/vp8/i.test(type) && supported(type);
}
