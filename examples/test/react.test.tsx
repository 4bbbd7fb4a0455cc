// @vitest-environment jsdom
import { StrictMode } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { Chat } from '../react/chat.tsx'
import { type Person, signUp } from './people.ts'
import { type Running, startProcess } from './server-process.ts'

const PATIENCE = { timeout: 15_000, interval: 25 }

// Somebody looks at the page: jsdom says so only once something in it has focus.
document.hasFocus = () => true

let running: Running
let ada: Person
let bob: Person
let root: Root
beforeAll(async () => {
  running = await startProcess()
  ada = await signUp(running.url, 'ada')
  bob = await signUp(running.url, 'bob')
  // The page makes the only client that Ada has.
  await ada.parley.close()
  root = createRoot(document.body.appendChild(document.createElement('div')))
})
afterAll(async () => {
  root.unmount()
  await bob.parley.close()
  await running.stop()
})

const lines = () => [...document.querySelectorAll('li')].map((line) => line.textContent)
const shows = (text: string) => vi.waitFor(() => expect(document.body.textContent).toContain(text), PATIENCE)

const type = (text: string) => {
  const field = document.querySelector('input') as HTMLInputElement
  // As a browser does it: React listens for the event, and looks whether the value is another.
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(field, text)
  field.dispatchEvent(new Event('input', { bubbles: true }))
}

it('shows a channel, sends, hears, and tells receipts and typing', async () => {
  const channel = await bob.parley.rest.channels.create({ name: 'kitchen', memberIds: [ada.me.id] })
  const bobs = bob.parley.conversation(channel.id)
  await bobs.send('Anybody hungry?').stored
  root.render(
    <StrictMode>
      <Chat url={running.url} token={ada.token} channelId={channel.id} />
    </StrictMode>,
  )
  await shows('bob Anybody hungry?')
  await vi.waitFor(() => expect(document.querySelector('h1')?.textContent).toBe('kitchen'), PATIENCE)

  type('Always')
  await vi.waitFor(() => {
    expect(bobs.typing.get().map(({ name }) => name)).toEqual(['ada'])
  }, PATIENCE)
  document.querySelector('button')?.click()
  await vi.waitFor(() => expect(lines().at(-1)).toBe('ada Always delivered'), PATIENCE)
  expect(document.querySelector('input')?.value).toBe('')
  const looksAway = bobs.focus()
  await vi.waitFor(() => expect(lines().at(-1)).toBe('ada Always read'), PATIENCE)
  looksAway()

  bobs.keystroke()
  await shows('bob is typing...')
  await vi.waitFor(() => expect(document.body.textContent).not.toContain('is typing'), PATIENCE)
  // Ada looked at what Bob wrote.
  await vi.waitFor(() => expect(bobs.messages.get().items[0]?.status).toBe('read'), PATIENCE)
})
