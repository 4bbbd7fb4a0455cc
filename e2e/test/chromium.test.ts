import { describe, expect, it } from 'vitest'
import { findChromium } from './harness/chromium.ts'

describe('the browser of the tests', () => {
  it('E2E-8 a browser that cannot be started is a failure of one line that says how to get one', () => {
    expect(() => findChromium({ CHROME: '/nowhere/chromium' })).toThrow(
      /^The browser tests need Chromium: .*apt-get install chromium.* CHROME .*$/,
    )
    expect(() => findChromium({ CHROME: '/bin/false' })).toThrow('The browser tests need Chromium')
  })
})
