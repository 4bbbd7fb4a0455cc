interface Page {
  readonly visibilityState: string
  hasFocus(): boolean
  addEventListener(event: string, listener: () => void): void
  removeEventListener(event: string, listener: () => void): void
}

const pageOf = (): Page | null => {
  const page = (globalThis as { document?: Page }).document
  return page === undefined || typeof page.hasFocus !== 'function' ? null : page
}

/** Does somebody look? Followed by itself where there is a page, else as the app says. */
export class Attention {
  readonly #onChange: () => void
  readonly #listener = () => this.#look()
  readonly #page = pageOf()
  #isVisible = true

  /** `onChange`: it changed. */
  constructor(onChange: () => void) {
    this.#onChange = onChange
    const window = globalThis as Partial<Pick<Page, 'addEventListener'>>
    if (this.#page === null) return
    this.#isVisible = this.#isLookedAt(this.#page)
    this.#page.addEventListener('visibilitychange', this.#listener)
    window.addEventListener?.('focus', this.#listener)
    window.addEventListener?.('blur', this.#listener)
  }

  get isVisible(): boolean {
    return this.#isVisible
  }

  set(isVisible: boolean): void {
    if (isVisible === this.#isVisible) return
    this.#isVisible = isVisible
    this.#onChange()
  }

  close(): void {
    const window = globalThis as Partial<Pick<Page, 'removeEventListener'>>
    this.#page?.removeEventListener('visibilitychange', this.#listener)
    window.removeEventListener?.('focus', this.#listener)
    window.removeEventListener?.('blur', this.#listener)
  }

  #look(): void {
    if (this.#page !== null) this.set(this.#isLookedAt(this.#page))
  }

  #isLookedAt(page: Page): boolean {
    return page.visibilityState === 'visible' && page.hasFocus()
  }
}
