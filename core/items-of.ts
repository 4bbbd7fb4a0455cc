import type { Page } from './ports/store.ts'

/** Every item of a list that pages, a page at a time: the next one is read when the last one was gone through. */
export async function* itemsOf<T>(
  read: (from: { readonly after?: string }) => Promise<Page<T, string>>,
): AsyncGenerator<T> {
  let from: { readonly after?: string } = {}
  for (;;) {
    const { items, next } = await read(from)
    yield* items
    if (next === null) return
    from = { after: next }
  }
}
