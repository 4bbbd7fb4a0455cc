import { describeBusContract, describeLeasesContract } from '@parley/testkit/bus-contract'
import { type RedisProcess, startRedis } from '@parley/testkit/redis-process'
import { afterAll, beforeAll } from 'vitest'
import { openRedis, type RedisNode } from '../index.ts'

const SECRET = 'a secret of at least thirty-two characters'
/** How far the clock is moved between two looks for what expired (ms): as often as it happens by itself. */
const STEP = 500

let redis: RedisProcess
beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis.stop())

const close = async ({ leases, bus }: RedisNode): Promise<void> => {
  await leases.close()
  await bus.close()
}

describeBusContract('redis', async () => {
  const errors: unknown[] = []
  const options = { url: redis.url, secret: SECRET, onError: (error: unknown) => errors.push(error) }
  const [one, other] = [await openRedis(options), await openRedis(options)]
  return {
    bus: one.bus,
    other: other.bus,
    errors,
    close: async () => void (await Promise.all([close(one), close(other)])),
  }
})

describeLeasesContract('redis', async () => {
  await redis.ask('FLUSHALL')
  let skew = 0
  const options = {
    url: redis.url,
    secret: SECRET,
    skew: () => skew,
    onError: (error: unknown) => {
      throw error
    },
  }
  const [one, other] = [await openRedis(options), await openRedis(options)]
  // As a node that runs does; the grace that follows an empty Redis is over then.
  const advance = async (ms: number): Promise<void> => {
    for (const end = skew + ms; skew < end; ) {
      skew = Math.min(end, skew + STEP)
      await one.leases.sweep()
    }
  }
  await one.leases.sweep()
  await advance(3_000)
  return {
    leases: one.leases,
    other: other.leases,
    clock: { advance },
    close: async () => void (await Promise.all([close(one), close(other)])),
  }
})
