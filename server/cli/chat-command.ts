import { parseArgs } from 'node:util'
import { ApiClient, type Person } from './api-client.ts'
import { askPassword } from './ask-password.ts'
import { ChatLog } from './chat-log.ts'
import { ChatClientSession } from './chat-session.ts'
import { openTerminal } from './terminal.ts'
import { TypingSignal } from './typing-signal.ts'
import { UsageError } from './usage-error.ts'

export const CHAT_USAGE = `parley chat --url URL --as NAME --to NAME [--password PASSWORD] [--register]

Talks to one person from the terminal. What you write is kept until the server has stored it.

  --url URL            the server; without it http://127.0.0.1:3000
  --as NAME            your username
  --to NAME            whom to talk to
  --password PASSWORD  your password; without it the terminal asks, or the first line of a pipe is taken
  --register           make the account first if it does not exist
  /quit or Ctrl+D      leaves

✓ stored by the server, ✓✓ delivered. Without a terminal every line of standard input is one message.`

/** How long leaving waits for an acknowledgement while none comes (ms). */
const LAST_WAIT = 10_000

/** Runs until the person leaves, or the server ends the session. Exit code 1: something was not sent, or it was ended. */
export const chatCommand = async (args: readonly string[]): Promise<number> => {
  const options = readOptions(args)
  if (options.as.toLowerCase() === options.to.toLowerCase()) {
    throw new UsageError('--as and --to are the same: nobody talks to oneself here.', CHAT_USAGE)
  }
  const password = options.password ?? (await askPassword(`Password of ${options.as}: `))
  const api = new ApiClient(options.url)
  const { token, user } = await api.signIn(options.as, password, options.register)
  const peer = await api.find(options.to)
  return talk({ url: options.url, token, api, me: user, peer })
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
  if (!/^https?:\/\/./i.test(values.url) || !URL.canParse(values.url))
    throw new UsageError(`--url must begin with http:// or https://; it is ${values.url}`, CHAT_USAGE)
  return { ...values, as: values.as, to: values.to, password: values.password }
}

interface Conversation {
  readonly url: string
  readonly token: string
  readonly api: ApiClient
  readonly me: Person
  readonly peer: Person
}

const talk = ({ url, token, api, me, peer }: Conversation): Promise<number> =>
  new Promise((resolve) => {
    let isLeaving = false
    let reasonToEnd: string | null = null
    const leave = async (): Promise<void> => {
      if (isLeaving) return
      isLeaving = true
      signal.stop()
      if (reasonToEnd === null) await flushed(session)
      session.stop()
      log.flush()
      const unsent = session.waiting
      if (reasonToEnd !== null) process.stderr.write(`parley: ${reasonToEnd}\n`)
      if (unsent > 0) process.stderr.write(`parley: ${unsent} of your messages could not be sent.\n`)
      resolve(reasonToEnd === null && unsent === 0 ? 0 : 1)
    }
    const prompt = `${me.username}> `
    const terminal = openTerminal(prompt, {
      line: (text) => {
        signal.stop()
        if (text.trim() === '/quit') terminal.close()
        else if (text.trim() !== '') session.send(text.trim())
      },
      key: () => signal.key(),
      end: () => void leave(),
    })
    const log = new ChatLog({
      peerName: peer.username,
      print: (line) => terminal.print(line),
      showTyping: (isTyping) =>
        terminal.setPrompt(isTyping ? `(${peer.username} is typing …) ${prompt}` : prompt),
    })
    const session = new ChatClientSession({
      url,
      token,
      api,
      me,
      peer,
      events: log,
      onEnded: (reason) => {
        reasonToEnd = reason
        terminal.close()
      },
    })
    const signal = new TypingSignal((isTyping) => session.typing(isTyping))
    log.notice(`You talk to ${peer.username}, who is ${peer.isOnline ? 'online' : 'offline'}. /quit leaves.`)
    void session.start()
  })

/** Waits until everything is acknowledged, or no acknowledgement came for a while. */
const flushed = async (session: ChatClientSession): Promise<void> => {
  let left = session.waiting
  for (let waited = 0; session.waiting > 0 && waited < LAST_WAIT; waited += 50) {
    await new Promise((next) => setTimeout(next, 50))
    if (session.waiting < left) waited = 0
    left = session.waiting
  }
}
