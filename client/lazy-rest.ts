import type { Rest } from './api/rest.ts'

type Callable = Readonly<Record<string, unknown>> & ((...args: readonly unknown[]) => unknown)

/** `Rest` whose routes are loaded with the first of them that is asked: `rest.users.search(…)` waits for `load`. */
export const lazyRest = (load: () => Promise<Rest>): Rest => {
  const at = (path: readonly string[]): unknown =>
    new Proxy(() => undefined, {
      get: (_target, name) => at([...path, String(name)]),
      apply: async (_target, _this, args: readonly unknown[]) => {
        let found: unknown = await load()
        for (const name of path) found = (found as Readonly<Record<string, unknown>>)[name]
        return (found as Callable)(...args)
      },
    })
  return at([]) as Rest
}
