import { describeStoreContract } from '@parley/testkit'
import { openHarness } from './harness.ts'

describeStoreContract('sqlite', openHarness)
