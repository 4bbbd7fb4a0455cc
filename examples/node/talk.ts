import { createParley, createSessions, type Message, type Observable, type Parley } from '@parley/client'

/** Resolves once the value is as `isRight` wants it. */
const until = <T>(observable: Observable<T>, isRight: (value: T) => boolean): Promise<T> =>
  new Promise((resolve) => {
    const look = () => {
      const value = observable.get()
      if (!isRight(value)) return
      queueMicrotask(() => end())
      resolve(value)
    }
    const end = observable.subscribe(look)
    look()
  })

const signUp = async (url: string, username: string): Promise<Parley> => {
  const account = { username, email: `${username}@example.org`, password: crypto.randomUUID() }
  const { token } = await createSessions(url).register(account)
  // In Node nothing is kept: what waits to be sent waits in memory.
  return createParley({ url, token })
}

const line = ({ author, source, status }: Message): string =>
  status === null ? `${author.name}: ${source}` : `${author.name}: ${source} (${status})`

/** Two new users of the server at `url` talk; `print` hears what each sees, with receipts. */
export const talk = async (url: string, print: (text: string) => void): Promise<void> => {
  const suffix = crypto.randomUUID().slice(0, 8)
  const [ada, bob] = await Promise.all([signUp(url, `ada-${suffix}`), signUp(url, `bob-${suffix}`)])
  try {
    const bobsId = (await until(bob.me, (me) => me !== null))?.id ?? ''
    const adas = await ada.openDirect(bobsId)
    const bobs = bob.conversation(adas.id)

    // Receipts come by themselves: delivered when Bob's client has it, read while somebody looks.
    const states = new Set<string>()
    adas.messages.subscribe(() => {
      const status = adas.messages.get().items[0]?.status
      if (status && !states.has(status)) print(`receipt: ${status}`)
      if (status) states.add(status)
    })
    await adas.send('Hello Bob').stored

    const heard = await until(bobs.messages, ({ items }) => items.length === 1)
    print(heard.items.map(line).join('\n'))
    const lookAway = bobs.focus()
    await bobs.send('Hello Ada').stored

    const seen = await until(adas.messages, ({ items }) => items.length === 2 && items[0]?.status === 'read')
    print(seen.items.map(line).join('\n'))
    lookAway()
  } finally {
    await Promise.all([ada.close(), bob.close()])
  }
}
