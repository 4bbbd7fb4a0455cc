import type { Rest } from './api/rest.ts'
import type { Http } from './http.ts'

type Callable = Readonly<Record<string, unknown>> & ((...args: readonly unknown[]) => unknown)

/** `Rest` whose routes are loaded with the first of them that is asked: `rest.users.search(…)` waits for `load`. */
export const lazyRest = (load: () => Promise<Rest>): Rest => {
  const at = (path: readonly string[]): unknown =>
    new Proxy(() => undefined, {
      // Whoever resolves to it must not take it for a promise.
      get: (_target, name) => (name === 'then' ? undefined : at([...path, String(name)])),
      apply: async (_target, _this, args: readonly unknown[]) => {
        let found: unknown = await load()
        for (const name of path) found = (found as Readonly<Record<string, unknown>>)[name]
        return (found as Callable)(...args)
      },
    })
  return at([]) as Rest
}

/** `Http` that is loaded with the first request: most of what a client hears comes over its socket. */
export const lazyHttp = (load: () => Promise<Http>): Http => ({
  request: async (...request) => (await load()).request(...request),
})
