import { ParleyError } from './api/error.ts'

/** How long a request may take until its answer is read (ms). */
const TIMEOUT = 15_000

/** What the client says of an answer that does not explain itself, by HTTP status. */
const CODES: Readonly<Record<number, string>> = {
  400: 'INVALID',
  401: 'UNAUTHENTICATED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  409: 'CONFLICT',
  413: 'TOO_LARGE',
  429: 'RATE_LIMITED',
  503: 'UNAVAILABLE',
}

export interface HttpOptions {
  /** Where the server is: `https://chat.example.org`, with or without a path. */
  readonly url: string
  /**
   * The bearer token; null: none, the session cookie decides. With `fresh` the last one was refused, and another is wanted.
   * A rejection is the answer of the request.
   */
  readonly getToken?: (fresh: boolean) => Promise<string | null>
  readonly fetch?: typeof fetch
}

export interface HttpRequest {
  /** Left out where undefined. */
  readonly query?: Readonly<Record<string, string | number | undefined>>
  readonly body?: unknown
  /** Instead of what `getToken` gives; never renewed. */
  readonly token?: string
}

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/** JSON over HTTP. */
export interface Http {
  /**
   * Resolves to the body of the answer (its shape is the caller's word). Rejects with a `ParleyError`: the server's code and
   * sentence, `OFFLINE` when it cannot be reached, `TIMEOUT` after 15 s. `path` begins with a slash.
   */
  request<T>(method: HttpMethod, path: string, request?: HttpRequest): Promise<T>
}

export const createHttp = (options: HttpOptions): Http => {
  const base = options.url.replace(/\/+$/, '')
  const { getToken } = options
  // Not bound as a method: a browser's fetch wants no other `this`.
  const run = options.fetch ?? ((input: string, init: RequestInit) => fetch(input, init))
  const once = (method: HttpMethod, path: string, request: HttpRequest, token: string | null) =>
    exchange(run, `${base}${path}${queryOf(request)}`, initOf(method, request, token))
  return {
    async request<T>(method: HttpMethod, path: string, request: HttpRequest = {}): Promise<T> {
      const token = request.token ?? (await getToken?.(false)) ?? null
      try {
        return (await once(method, path, request, token)) as T
      } catch (error) {
        // A wrong PIN is a 401 as well, and no reason for another token.
        const isRefused = error instanceof ParleyError && error.code === 'UNAUTHENTICATED'
        if (!isRefused || getToken === undefined || request.token !== undefined) throw error
        const fresh = await getToken(true)
        if (fresh === null || fresh === token) throw error
        return (await once(method, path, request, fresh)) as T
      }
    },
  }
}

const queryOf = ({ query }: HttpRequest): string => {
  const entries = Object.entries(query ?? {}).filter(([, value]) => value !== undefined)
  if (entries.length === 0) return ''
  return `?${new URLSearchParams(entries.map(([name, value]) => [name, String(value)]))}`
}

const initOf = (method: HttpMethod, { body }: HttpRequest, token: string | null): RequestInit => ({
  method,
  credentials: 'include',
  headers: {
    accept: 'application/json',
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
  },
  ...(body === undefined ? {} : { body: JSON.stringify(body) }),
})

type Run = (input: string, init: RequestInit) => Promise<Response>

const exchange = async (run: Run, url: string, init: RequestInit): Promise<unknown> => {
  const abort = new AbortController()
  const timer = setTimeout(() => abort.abort(), TIMEOUT)
  try {
    const response = await run(url, { ...init, signal: abort.signal })
    const text = await response.text()
    const body = parse(text)
    if (!response.ok) throw refusal(response, body)
    if (body === undefined && text !== '') {
      throw new ParleyError('SERVER_ERROR', 'The server gave an answer that nobody understands', {
        canRetry: true,
      })
    }
    return body
  } catch (error) {
    if (error instanceof ParleyError) throw error
    throw abort.signal.aborted
      ? new ParleyError('TIMEOUT', 'The server took too long to answer', { canRetry: true })
      : new ParleyError('OFFLINE', 'The server cannot be reached', { canRetry: true })
  } finally {
    clearTimeout(timer)
  }
}

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Reads RFC 9457 problem documents, and makes do with a bare status. */
const refusal = ({ status, headers }: Response, body: unknown): ParleyError => {
  const said: Readonly<Record<string, unknown>> = typeof body === 'object' && body !== null ? { ...body } : {}
  const sentence = [said.detail, said.message].find((part) => typeof part === 'string' && part !== '')
  return new ParleyError(
    typeof said.code === 'string'
      ? said.code
      : (CODES[status] ?? (status >= 500 ? 'SERVER_ERROR' : 'INVALID')),
    typeof sentence === 'string' ? sentence : `The server refused this (HTTP ${status})`,
    { canRetry: status === 429 || status >= 500, retryAfterMs: retryAfterOf(headers.get('retry-after')) },
  )
}

/** Seconds or a date, as HTTP has it; in ms. */
const retryAfterOf = (value: string | null): number | null => {
  if (value === null || value.trim() === '') return null
  const seconds = Number(value)
  const ms = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(value) - Date.now()
  return Number.isFinite(ms) ? Math.max(0, ms) : null
}
