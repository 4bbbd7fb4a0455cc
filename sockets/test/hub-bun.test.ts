import { startBunServe } from './harness.ts'
import { suite002 } from './suite-002.ts'

suite002('Bun with Bun.serve', startBunServe, 2)
