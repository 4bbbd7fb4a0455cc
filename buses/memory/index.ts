export { MemoryBus } from './memory-bus.ts'
export { MemoryLeases } from './memory-leases.ts'
