import { offline } from './errors.ts'

type Callable = Readonly<Record<string, unknown>> & ((...args: readonly unknown[]) => unknown)

/**
 * Functions, and objects of them, that are loaded with the first of them that is called: `lazy(load).users.search(…)` waits
 * for `load`. Each must answer with a promise, and need no `this`.
 */
export const lazy = <T>(load: () => Promise<T>): T => {
  const at = (path: readonly string[]): unknown =>
    new Proxy(() => undefined, {
      // Whoever resolves to it must not take it for a promise.
      get: (_target, name) => (name === 'then' ? undefined : at([...path, String(name)])),
      apply: async (_target, _this, args: readonly unknown[]) => {
        let found: unknown = await load().catch(() => {
          throw offline()
        })
        for (const name of path) found = (found as Readonly<Record<string, unknown>>)[name]
        return (found as Callable)(...args)
      },
    })
  return at([]) as T
}
