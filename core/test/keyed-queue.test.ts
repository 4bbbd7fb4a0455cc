import { turn } from '@parley/testkit'
import { describe, expect, it } from 'vitest'
import { KeyedQueue } from '../keyed-queue.ts'

/** A task that the test ends. */
const held = (log: string[], name: string) => {
  let end = (): void => {}
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  const task = async (): Promise<string> => {
    log.push(`${name} begins`)
    await ended
    log.push(`${name} ends`)
    return name
  }
  return { task, end: () => end() }
}

describe('keyed queue', () => {
  it('QUEUE-1 runs the tasks of one key in order, and those of another meanwhile', async () => {
    const log: string[] = []
    const queue = new KeyedQueue()
    const [a, b, other] = [held(log, 'a'), held(log, 'b'), held(log, 'other')]
    const results = [queue.run('room', a.task), queue.run('room', b.task), queue.run('elsewhere', other.task)]
    b.end()
    other.end()
    await turn()
    expect(log).toEqual(['a begins', 'other begins', 'other ends'])
    a.end()
    expect(await Promise.all(results)).toEqual(['a', 'b', 'other'])
    expect(log.slice(3)).toEqual(['a ends', 'b begins', 'b ends'])
  })

  it('QUEUE-1 a task that fails rejects its own caller only, and keeps nobody waiting', async () => {
    const queue = new KeyedQueue()
    const failing = queue.run('room', () => Promise.reject(new Error('no')))
    const next = queue.run('room', () => Promise.resolve('yes'))
    await expect(failing).rejects.toThrow('no')
    expect(await next).toBe('yes')
  })

  it('QUEUE-1 forgets a key with its last task', async () => {
    const queue = new KeyedQueue()
    const running = [1, 2, 3].map((n) => queue.run(`room-${n % 2}`, () => Promise.resolve(n)))
    expect(queue.size).toBe(2)
    await Promise.all(running)
    await turn()
    expect(queue.size).toBe(0)
  })
})
