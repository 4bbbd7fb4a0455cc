import { afterEach, describe, expect, it } from 'vitest'
import { Attention } from '../../attention.ts'

class FakePage extends EventTarget {
  visibilityState = 'visible'
  isFocused = true
  hasFocus = () => this.isFocused
}

const scope = globalThis as { document?: unknown; addEventListener?: unknown; removeEventListener?: unknown }

/** A page and its window. */
const page = () => {
  const document = new FakePage()
  const window = new EventTarget()
  scope.document = document
  scope.addEventListener = window.addEventListener.bind(window)
  scope.removeEventListener = window.removeEventListener.bind(window)
  return { document, window }
}

afterEach(() => {
  delete scope.document
  delete scope.addEventListener
  delete scope.removeEventListener
})

describe('Attention', () => {
  it('is there without a page, until the app says otherwise', () => {
    const seen: boolean[] = []
    const attention = new Attention(() => seen.push(attention.isVisible))
    expect(attention.isVisible).toBe(true)
    for (const isVisible of [true, false, false, true]) attention.set(isVisible)
    expect(seen).toEqual([false, true])
    attention.close()
  })

  it('follows the page: seen and in focus, or not', () => {
    const { document, window } = page()
    const seen: boolean[] = []
    const attention = new Attention(() => seen.push(attention.isVisible))
    document.isFocused = false
    window.dispatchEvent(new Event('blur'))
    document.isFocused = true
    window.dispatchEvent(new Event('focus'))
    document.visibilityState = 'hidden'
    document.dispatchEvent(new Event('visibilitychange'))
    document.dispatchEvent(new Event('visibilitychange'))
    expect(seen).toEqual([false, true, false])
    attention.close()
    document.visibilityState = 'visible'
    document.dispatchEvent(new Event('visibilitychange'))
    window.dispatchEvent(new Event('focus'))
    expect(seen).toEqual([false, true, false])
  })

  it('begins as the page is', () => {
    page().document.isFocused = false
    expect(new Attention(() => undefined).isVisible).toBe(false)
  })
})
