import { listen } from './listen.ts'

interface Page {
  readonly visibilityState: string
  hasFocus(): boolean
}

const pageOf = (): Page | null => {
  const page = (globalThis as { document?: Page }).document
  return page === undefined || typeof page.hasFocus !== 'function' ? null : page
}

/** Does somebody look? Followed by itself where there is a page, else as the app says. */
export class Attention {
  readonly #onChange: () => void
  readonly #ends: readonly (() => void)[]
  #isVisible = true

  /** `onChange`: it changed. */
  constructor(onChange: () => void) {
    this.#onChange = onChange
    const page = pageOf()
    if (page === null) {
      this.#ends = []
      return
    }
    const isLookedAt = () => page.visibilityState === 'visible' && page.hasFocus()
    const look = () => this.set(isLookedAt())
    this.#isVisible = isLookedAt()
    this.#ends = [listen(page, ['visibilitychange'], look), listen(globalThis, ['focus', 'blur'], look)]
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
    for (const end of this.#ends) end()
  }
}
