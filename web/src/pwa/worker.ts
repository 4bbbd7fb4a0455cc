import { type Shell, ShellCache } from './shell-cache.ts'
import { TAKE_OVER } from './take-over.ts'
import type { WorkerScope } from './worker-scope.ts'

declare const PARLEY_SHELL: Shell
declare const self: WorkerScope

const cache = new ShellCache({
  shell: PARLEY_SHELL,
  origin: self.location.origin,
  caches: self.caches,
  fetch: (request) => self.fetch(request),
})

self.addEventListener('install', (event) => event.waitUntil(cache.fill()))
self.addEventListener('activate', (event) => event.waitUntil(cache.dropOthers()))
self.addEventListener('fetch', (event) => {
  const answer = cache.answer(event.request)
  if (answer !== null) event.respondWith(answer)
})
// A new version waits until the app is started again, or its user wants it now.
self.addEventListener('message', ({ data }) => {
  if (data === TAKE_OVER) void self.skipWaiting()
})
