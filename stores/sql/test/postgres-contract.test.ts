import { describeStoreContract } from '@parley/testkit'
import { afterAll, beforeAll } from 'vitest'
import { PostgresStores } from './postgres-harness.ts'

let stores: PostgresStores | undefined
beforeAll(async () => {
  stores = await PostgresStores.start()
})
afterAll(() => stores?.stop())

describeStoreContract('postgres', () => stores!.open())
