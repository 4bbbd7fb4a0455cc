import { parseArgs } from 'node:util'
import { askPassword } from './ask-password.ts'
import { ChatScreen } from './chat-screen.ts'
import { ChatClientSession, type Person } from './chat-session.ts'
import { UsageError } from './usage-error.ts'

export const CHAT_USAGE = `parley chat --url URL --as NAME --to NAME [--password PASSWORD] [--register]

Talks to one person from the terminal. What you write is kept until the server has stored it.

  --url URL            the server, such as http://127.0.0.1:3000
  --as NAME            your username
  --to NAME            whom to talk to
  --password PASSWORD  your password; asked for when absent
  --register           make the account first if it does not exist
  /quit or Ctrl+D      leaves`

/** How many messages of the past are shown. */
const HISTORY = 20

interface Answer {
  readonly message?: string
  readonly token?: string
  readonly user?: Person
  readonly users?: readonly Person[]
  readonly messages?: readonly { id: string; senderId: string; content: string; createdAt: string }[]
}

/** Runs until the person leaves, or the server ends the session. */
export const chatCommand = async (args: readonly string[]): Promise<number> => {
  const options = readOptions(args)
  const password = options.password ?? (await askPassword(`Password of ${options.as}: `))
  const api = new Api(options.url)
  const { token, user } = await api.signIn(options.as, password, options.register)
  const peer = await api.find(token, options.to)
  return talk(options.url, token, user, peer, await api.history(token, peer))
}

interface ChatOptions {
  readonly url: string
  readonly as: string
  readonly to: string
  readonly password: string | undefined
  readonly register: boolean
}

const readOptions = (args: readonly string[]): ChatOptions => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      url: { type: 'string', default: 'http://127.0.0.1:3000' },
      as: { type: 'string' },
      to: { type: 'string' },
      password: { type: 'string' },
      register: { type: 'boolean', default: false },
    },
  })
  if (values.as === undefined) throw new UsageError('--as NAME is missing: who are you?', CHAT_USAGE)
  if (values.to === undefined)
    throw new UsageError('--to NAME is missing: whom do you want to talk to?', CHAT_USAGE)
  if (!URL.canParse(values.url))
    throw new UsageError(`--url must be an address; it is ${values.url}`, CHAT_USAGE)
  return { ...values, as: values.as, to: values.to, password: values.password }
}

const talk = (
  url: string,
  token: string,
  user: Person,
  peer: Person,
  history: NonNullable<Answer['messages']>,
): Promise<number> =>
  new Promise((resolve) => {
    const leave = async (code: number): Promise<void> => {
      // What was typed last may still be on its way.
      for (let round = 0; session.waiting > 0 && round < 50; round += 1) {
        await new Promise((next) => setTimeout(next, 100))
      }
      session.stop()
      resolve(code)
    }
    const screen = new ChatScreen({
      me: user.username,
      peerName: peer.username,
      onText: (text) => session.send(text),
      onTyping: (isTyping) => session.typing(isTyping),
      onQuit: () => void leave(0),
    })
    screen.onEnded = () => {
      screen.close()
      resolve(1)
    }
    const session = new ChatClientSession({ url, token, peer, events: screen })
    for (const { id, senderId, content, createdAt } of [...history].reverse()) {
      session.isNew(id)
      screen.line({ id, mine: senderId === user.id, text: content, at: createdAt })
    }
    screen.notice(`You talk to ${peer.username}. /quit leaves.`)
    session.start()
  })

/** The few REST calls that a terminal needs. */
class Api {
  readonly #url: string

  constructor(url: string) {
    this.#url = url
  }

  async signIn(
    username: string,
    password: string,
    register: boolean,
  ): Promise<{ token: string; user: Person }> {
    const login = await this.#call('POST', '/api/auth/login', { username, password })
    const answer =
      login.status === 401 && register
        ? await this.#call('POST', '/api/auth/register', {
            username,
            password,
            email: `${username.toLowerCase()}@terminal.invalid`,
          })
        : login
    if (answer.body.token === undefined || answer.body.user === undefined) {
      throw new Error(`${username} could not sign in: ${answer.body.message ?? `HTTP ${answer.status}`}`)
    }
    return { token: answer.body.token, user: answer.body.user }
  }

  async find(token: string, username: string): Promise<Person> {
    const path = `/api/users?search=${encodeURIComponent(username)}&limit=100`
    const { body } = await this.#call('GET', path, undefined, token)
    const peer = body.users?.find((user) => user.username.toLowerCase() === username.toLowerCase())
    if (peer === undefined) throw new Error(`There is nobody called ${username} on ${this.#url}.`)
    return peer
  }

  async history(token: string, peer: Person): Promise<NonNullable<Answer['messages']>> {
    const { body } = await this.#call('GET', `/api/messages/${peer.id}?limit=${HISTORY}`, undefined, token)
    return body.messages ?? []
  }

  async #call(
    method: string,
    path: string,
    body?: object,
    token?: string,
  ): Promise<{ status: number; body: Answer }> {
    try {
      const response = await fetch(new URL(path, this.#url), {
        method,
        headers: {
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      return { status: response.status, body: (await response.json()) as Answer }
    } catch (error) {
      throw new Error(`${this.#url} does not answer. Is the server running there?`, { cause: error })
    }
  }
}
