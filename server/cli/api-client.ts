/** A user as REST shows one. */
export interface Person {
  readonly id: string
  readonly username: string
  readonly isOnline?: boolean
}

export interface HistoryMessage {
  readonly id: string
  readonly senderId: string
  readonly content: string
  readonly status: 'sent' | 'delivered' | 'read'
  readonly seq: number
  readonly createdAt: string
  readonly clientMessageId?: string
}

interface Answer {
  readonly message?: string
  readonly issues?: readonly { path?: unknown; message?: string }[]
  readonly token?: string
  readonly user?: Person
  readonly users?: readonly Person[]
  readonly messages?: readonly HistoryMessage[]
  readonly conversations?: readonly { user: Person; unreadCount: number }[]
  readonly nextCursor?: string | null
}

/** Why a request was refused, or what kept it from being answered (`status` 0). */
export class ApiError extends Error {
  readonly status: number

  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ApiError'
    this.status = status
  }
}

const PAGE = 100
const TIMEOUT = 15_000

/** The few REST calls that a terminal needs. */
export class ApiClient {
  readonly #url: string
  #token: string | null = null

  constructor(url: string) {
    this.#url = url
  }

  async signIn(
    username: string,
    password: string,
    register: boolean,
  ): Promise<{ token: string; user: Person }> {
    let answer = await this.#call('POST', '/api/auth/login', { username, password })
    if (answer.status === 401 && register) {
      const email = `${username.toLowerCase()}@terminal.invalid`
      answer = await this.#call('POST', '/api/auth/register', { username, password, email })
      if (answer.status === 409) {
        throw new ApiError(409, `${username} exists already, and this is not the password.`)
      }
    } else if (answer.status === 401) {
      throw new ApiError(401, `Wrong username or password for ${username}; --register makes a new account.`)
    }
    const { token, user } = answer.body
    if (token === undefined || user === undefined) {
      throw new ApiError(answer.status, `${username} could not sign in: ${reasonOf(answer)}`)
    }
    this.#token = token
    return { token, user }
  }

  async find(username: string): Promise<Person> {
    const { users } = await this.#get(`/api/users?search=${encodeURIComponent(username)}&limit=${PAGE}`)
    const found = users?.find((user) => user.username.toLowerCase() === username.toLowerCase())
    if (found === undefined) throw new ApiError(404, `There is nobody called ${username} on ${this.#url}.`)
    return found
  }

  /** Newest first, a page at a time. */
  async *history(peerId: string): AsyncGenerator<readonly HistoryMessage[]> {
    let cursor: string | null = null
    do {
      const { messages, nextCursor }: Answer = await this.#get(
        `/api/messages/${peerId}?limit=${PAGE}${cursor === null ? '' : `&cursor=${cursor}`}`,
      )
      yield messages ?? []
      cursor = nextCursor ?? null
    } while (cursor !== null)
  }

  /** Who wrote what one has not read, of the newest conversations. */
  async unread(): Promise<readonly { user: Person; unreadCount: number }[]> {
    const { conversations } = await this.#get(`/api/messages/conversations?limit=${PAGE}`)
    return (conversations ?? []).filter(({ unreadCount }) => unreadCount > 0)
  }

  async #get(path: string): Promise<Answer> {
    const answer = await this.#call('GET', path)
    if (answer.status !== 200) throw new ApiError(answer.status, reasonOf(answer))
    return answer.body
  }

  async #call(method: string, path: string, body?: object): Promise<{ status: number; body: Answer }> {
    const response = await this.#fetch(method, path, body)
    try {
      return { status: response.status, body: (await response.json()) as Answer }
    } catch (cause) {
      const status = response.status
      throw new ApiError(status, `What answers at ${this.#url} is not Parley (HTTP ${status}).`, { cause })
    }
  }

  async #fetch(method: string, path: string, body?: object): Promise<Response> {
    try {
      return await fetch(new URL(path, this.#url), {
        method,
        signal: AbortSignal.timeout(TIMEOUT),
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(this.#token === null ? {} : { authorization: `Bearer ${this.#token}` }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
    } catch (cause) {
      throw new ApiError(0, `${this.#url} does not answer. Is the server running there?`, { cause })
    }
  }
}

const reasonOf = ({ status, body }: { status: number; body: Answer }): string => {
  const issues = body.issues?.map(({ path, message }) => `${String(path)}: ${message}`).join('; ')
  return issues !== undefined && issues !== '' ? issues : (body.message ?? `HTTP ${status}`)
}
