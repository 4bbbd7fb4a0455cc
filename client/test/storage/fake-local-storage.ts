import type { LocalStorage } from '../../storage/local-storage.ts'

/** A `localStorage` of one page; the quota can be used up. */
export class FakeLocalStorage implements LocalStorage {
  isFull = false
  readonly #items = new Map<string, string>()

  getItem(key: string): string | null {
    return this.#items.get(key) ?? null
  }

  setItem(key: string, value: string): void {
    if (this.isFull) throw new DOMException('The quota has been exceeded', 'QuotaExceededError')
    this.#items.set(key, value)
  }

  removeItem(key: string): void {
    this.#items.delete(key)
  }
}
