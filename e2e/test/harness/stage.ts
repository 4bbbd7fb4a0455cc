import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { TestBrowser } from './browser.ts'
import { type Parley, startParley } from './parley.ts'

export interface Stage {
  readonly parley: Parley
  readonly browser: TestBrowser
}

/** A server and a browser for the tests of a file; after each of them no page may have had trouble. To be read in tests. */
export const sharedStage = (): (() => Stage) => {
  let stage: Partial<Stage> = {}
  beforeAll(async () => {
    const [parley, browser] = await Promise.all([startParley(), TestBrowser.launch()])
    stage = { parley, browser }
  })
  afterEach(async () => {
    const { browser } = stage as Stage
    const trouble = [...browser.trouble]
    await browser.closePages()
    expect(trouble).toEqual([])
  })
  afterAll(async () => {
    await stage.browser?.close()
    await stage.parley?.stop()
  })
  return () => stage as Stage
}
