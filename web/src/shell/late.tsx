import { type ComponentType, use } from 'react'

/** A part of the app did not come: no connection, or a newer version took its place. */
export class LoadError extends Error {
  override readonly name = 'LoadError'
}

const failed = new Set<() => void>()
const loaders = new Set<() => Promise<unknown>>()

/** Parts that did not come are asked for again when they are shown next. */
export const forgetFailures = (): void => {
  for (const forget of failed) forget()
  failed.clear()
}

/** Fetches every part that is not there yet, one by one, so that a break of the connection later on hides none. */
export const loadAll = async (): Promise<void> => {
  for (const load of loaders) {
    try {
      await load()
    } catch {
      return
    }
  }
}

/**
 * A part that is fetched when it is first shown. Until then it suspends; one that does not come throws a `LoadError`, and
 * again until `forgetFailures`.
 */
export const late = <Props extends object>(
  load: () => Promise<ComponentType<Props>>,
): ComponentType<Props> => {
  let part: ComponentType<Props> | null = null
  let coming: Promise<ComponentType<Props>> | null = null
  const fetchPart = (): Promise<ComponentType<Props>> => {
    coming ??= load().then(
      (component) => {
        part = component
        return component
      },
      () => {
        failed.add(() => {
          coming = null
        })
        throw new LoadError('A part of the app could not be loaded.')
      },
    )
    return coming
  }
  loaders.add(fetchPart)
  // biome-ignore lint/correctness/noComponentHookFactories: as with React.lazy, each is made once, by a module.
  return function Late(props: Props) {
    const Part = part ?? use(fetchPart())
    return <Part {...props} />
  }
}
