import { afterEach, describe, expect, test, vi } from 'vitest'
import { ParleyError } from '../../api/error.ts'
import { createHttp } from '../../http.ts'

interface Call {
  readonly url: string
  readonly init: RequestInit
}

/** Answers in turn; the last one again and again. */
const fakeFetch = (...answers: readonly (() => Response | Promise<Response>)[]) => {
  const calls: Call[] = []
  const run = async (url: string | URL | Request, init: RequestInit = {}) => {
    const answer = answers[Math.min(calls.length, answers.length - 1)]
    calls.push({ url: String(url), init })
    return (answer as () => Response)()
  }
  return { calls, fetch: run as typeof fetch }
}

const json =
  (body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}) =>
  () =>
    new Response(JSON.stringify(body), { status, headers })
const problem = (status: number, code: string, headers: Readonly<Record<string, string>> = {}) =>
  json({ type: 'about:blank', title: 'x', status, detail: `It is ${code}`, code }, status, headers)

const bearerOf = ({ init }: Call) => new Headers(init.headers).get('authorization')
const failureOf = (promise: Promise<unknown>): Promise<ParleyError> =>
  promise.then(
    () => Promise.reject(new Error('it did not reject')),
    (error: ParleyError) => error,
  )

afterEach(() => void vi.useRealTimers())

describe('SDK-9 requests', () => {
  test('carry query, body, token and cookies', async () => {
    const { calls, fetch } = fakeFetch(json({ ok: 1 }))
    const http = createHttp({ url: 'https://chat.example.org/base/', getToken: async () => 'abc', fetch })
    const query = { q: 'a b&c', limit: 5, cursor: undefined }
    expect(await http.request('POST', '/api/x', { query, body: { n: 1 } })).toEqual({ ok: 1 })
    const [{ url, init }] = calls as [Call]
    expect(url).toBe('https://chat.example.org/base/api/x?q=a+b%26c&limit=5')
    expect([init.method, init.body, init.credentials]).toEqual(['POST', '{"n":1}', 'include'])
    expect(new Headers(init.headers).get('content-type')).toBe('application/json')
    expect(bearerOf(calls[0] as Call)).toBe('Bearer abc')
  })

  test('without a body or a token name neither', async () => {
    const { calls, fetch } = fakeFetch(() => new Response(null, { status: 204 }))
    const http = createHttp({ url: 'https://chat.example.org', getToken: async () => null, fetch })
    expect(await http.request('DELETE', '/api/x')).toBeUndefined()
    const headers = new Headers(calls[0]?.init.headers)
    expect([headers.has('content-type'), headers.has('authorization'), calls[0]?.init.body]).toEqual([
      false,
      false,
      undefined,
    ])
  })
})

describe('SDK-9 refusals', () => {
  test.each([
    [problem(409, 'ARCHIVED'), 'ARCHIVED', 'It is ARCHIVED', false, null],
    [problem(429, 'RATE_LIMITED', { 'retry-after': '7' }), 'RATE_LIMITED', 'It is RATE_LIMITED', true, 7_000],
    [problem(503, 'UNAVAILABLE'), 'UNAVAILABLE', 'It is UNAVAILABLE', true, null],
    [json({ message: 'Only a message' }, 403), 'FORBIDDEN', 'Only a message', false, null],
    [() => new Response('<h1>Bad gateway</h1>', { status: 502 }), 'SERVER_ERROR', /502/, true, null],
    [json([1], 404), 'NOT_FOUND', /404/, false, null],
    [() => new Response('<h1>hi</h1>', { status: 200 }), 'SERVER_ERROR', /understands/, true, null],
  ] as const)('%#: say what they are', async (answer, code, message, canRetry, retryAfterMs) => {
    const { fetch } = fakeFetch(answer)
    const error = await failureOf(createHttp({ url: 'https://a.example', fetch }).request('GET', '/'))
    expect(error).toBeInstanceOf(ParleyError)
    expect(error).toMatchObject({ code, canRetry, retryAfterMs })
    expect(error.message).toMatch(message)
  })

  test('wait until a date, too', async () => {
    const at = new Date(Date.now() + 60_000).toUTCString()
    const { fetch } = fakeFetch(problem(429, 'RATE_LIMITED', { 'retry-after': at }))
    const error = await failureOf(createHttp({ url: 'https://a.example', fetch }).request('GET', '/'))
    expect(error.retryAfterMs).toBeGreaterThan(50_000)
    expect(error.retryAfterMs).toBeLessThanOrEqual(60_000)
  })

  test('are OFFLINE when nobody is there', async () => {
    const { fetch } = fakeFetch(() => Promise.reject(new TypeError('fetch failed')))
    const error = await failureOf(createHttp({ url: 'https://a.example', fetch }).request('GET', '/'))
    expect(error).toMatchObject({ code: 'OFFLINE', canRetry: true })
  })

  test('are TIMEOUT after 15 s, also when only the body does not come', async () => {
    vi.useFakeTimers()
    const run = (async (_url: string, init: RequestInit) =>
      new Response(
        new ReadableStream({
          start: (controller) =>
            init.signal?.addEventListener('abort', () => controller.error(init.signal?.reason)),
        }),
      )) as typeof fetch
    const failure = failureOf(createHttp({ url: 'https://a.example', fetch: run }).request('GET', '/'))
    await vi.advanceTimersByTimeAsync(14_999)
    expect(vi.getTimerCount()).toBe(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(await failure).toMatchObject({ code: 'TIMEOUT', canRetry: true })
  })
})

describe('SDK-9 a token that was refused', () => {
  const tokens = (...given: (string | null)[]) => {
    const asked: boolean[] = []
    const getToken = async (fresh: boolean) => {
      asked.push(fresh)
      return given[asked.length - 1] ?? null
    }
    return { asked, getToken }
  }

  test('is renewed once, and the request repeated', async () => {
    const { calls, fetch } = fakeFetch(problem(401, 'UNAUTHENTICATED'), json({ ok: 1 }))
    const { asked, getToken } = tokens('old', 'new')
    const http = createHttp({ url: 'https://a.example', getToken, fetch })
    expect(await http.request('POST', '/', { body: {} })).toEqual({ ok: 1 })
    expect([asked, calls.map(bearerOf)]).toEqual([
      [false, true],
      ['Bearer old', 'Bearer new'],
    ])
  })

  test('is given up when the next one is refused, too, or there is none', async () => {
    const refused = fakeFetch(problem(401, 'UNAUTHENTICATED'))
    const { getToken } = tokens('old', 'new')
    const http = createHttp({ url: 'https://a.example', getToken, fetch: refused.fetch })
    expect(await failureOf(http.request('GET', '/'))).toMatchObject({ code: 'UNAUTHENTICATED' })
    expect(refused.calls).toHaveLength(2)
    const same = fakeFetch(problem(401, 'UNAUTHENTICATED'))
    const again = createHttp({ url: 'https://a.example', getToken: async () => 'old', fetch: same.fetch })
    await failureOf(again.request('GET', '/'))
    expect(same.calls).toHaveLength(1)
  })

  test('is not the matter with a wrong PIN, nor with a token that the caller gave', async () => {
    const wrong = fakeFetch(problem(401, 'WRONG_PIN'))
    const { asked, getToken } = tokens('old', 'new')
    const http = createHttp({ url: 'https://a.example', getToken, fetch: wrong.fetch })
    expect(await failureOf(http.request('GET', '/'))).toMatchObject({ code: 'WRONG_PIN' })
    const refused = fakeFetch(problem(401, 'UNAUTHENTICATED'))
    const other = createHttp({ url: 'https://a.example', getToken, fetch: refused.fetch })
    await failureOf(other.request('GET', '/', { token: 'given' }))
    expect([asked, wrong.calls.length, refused.calls.map(bearerOf)]).toEqual([[false], 1, ['Bearer given']])
  })
})
