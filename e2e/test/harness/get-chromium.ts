// Run once before the tests, as two test files that install at the same time would be in each other's way.
import { ensureChromium } from './chromium.ts'

try {
  ensureChromium()
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`)
  process.exit(1)
}
