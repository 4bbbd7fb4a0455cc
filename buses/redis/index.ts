export { openRedis, type RedisNode, type RedisOptions } from './open-redis.ts'
export { RedisBus, type RedisBusStats } from './redis-bus.ts'
export { RedisLeases } from './redis-leases.ts'
