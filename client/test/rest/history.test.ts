import { describe, expect, test } from 'vitest'
import { ParleyError } from '../../api/error.ts'
import type { Environment } from '../../environment.ts'
import { createHistory } from '../../history.ts'
import type { Http, HttpRequest } from '../../http.ts'

/** Answers in turn; a `ParleyError` is a refusal. */
const worldOf = (...answers: readonly unknown[]) => {
  const waits: number[] = []
  const queries: HttpRequest['query'][] = []
  const environment: Environment = {
    now: () => 0,
    random: () => 0.5,
    after(ms, run) {
      waits.push(ms)
      queueMicrotask(run)
      return () => undefined
    },
  }
  const http: Http = {
    async request<T>(_method: string, _path: string, { query }: HttpRequest = {}) {
      queries.push(query)
      const answer = answers[queries.length - 1]
      if (answer instanceof ParleyError) throw answer
      return answer as T
    },
  }
  return { history: createHistory(http, environment), waits, queries }
}

const away = (retryAfterMs: number | null = null) =>
  new ParleyError('UNAVAILABLE', 'The store is away.', { canRetry: true, retryAfterMs })

describe('SDK-9 pages of history', () => {
  test('are asked for again while that can help, with longer and longer waits', async () => {
    const { history, waits } = worldOf(away(), away(), away(1_000), { messages: ['one'] })
    expect(await history.before('c', undefined)).toEqual(['one'])
    expect(waits).toEqual([500, 1_000, 3_000])
  })

  test('are given up after a few tries, and wait for no server that asks for too long', async () => {
    const { history, waits } = worldOf(away(60_000), away(), away(), away(), { messages: [] })
    await expect(history.before('c', 7)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    expect(waits).toEqual([5_000, 1_000, 2_000])
  })

  test('are not asked for again where the answer would be the same', async () => {
    const { history, queries } = worldOf(new ParleyError('NOT_A_MEMBER', 'You are no member.'))
    await expect(history.before('c', 7)).rejects.toMatchObject({ code: 'NOT_A_MEMBER' })
    expect(queries).toEqual([{ before: 7, limit: 50 }])
  })

  test('of the list of conversations come until there are enough', async () => {
    const page = (name: string, nextCursor: string | null) => ({ channels: [{ name }], nextCursor })
    const { history, queries } = worldOf(page('a', '2'), page('b', '3'), page('c', '4'))
    expect(await history.channels(2)).toEqual([{ name: 'a' }, { name: 'b' }])
    expect(queries).toEqual([
      { limit: 100, cursor: undefined },
      { limit: 100, cursor: '2' },
    ])
    const all = worldOf(page('a', '2'), page('b', null))
    expect(await all.history.channels(1_000)).toHaveLength(2)
  })
})
