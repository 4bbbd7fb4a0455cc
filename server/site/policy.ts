/**
 * What the pages of the web app may do: load from this server alone, and run no text as code. `'self'` of `connect-src`
 * covers WebSockets of the same host. Pictures of people may be anywhere on https. Libraries write style elements.
 */
const CONTENT_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' https: data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "media-src 'self' blob:",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  // What DOMPurify cleaned, and the address of the service worker (web/src/pwa).
  'trusted-types dompurify parley-worker',
].join('; ')

/** What calls need is for this page alone; the rest that a page could ask for is for nobody. */
const PERMISSIONS_POLICY = [
  ...['camera', 'microphone', 'display-capture', 'speaker-selection', 'autoplay', 'fullscreen'].map(
    (name) => `${name}=(self)`,
  ),
  ...['screen-wake-lock', 'clipboard-write'].map((name) => `${name}=(self)`),
  ...['geolocation', 'payment', 'usb', 'serial', 'hid', 'midi', 'accelerometer', 'gyroscope'].map(
    (name) => `${name}=()`,
  ),
].join(', ')

export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': CONTENT_POLICY,
  'Permissions-Policy': PERMISSIONS_POLICY,
}
