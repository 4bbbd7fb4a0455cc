import type { Conversation } from '@parley/client'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Bot, startBot } from '../bot/bot.ts'
import { answerTo } from '../bot/commands.ts'
import { type Person, signUp } from './people.ts'
import { startRunning } from './server.ts'
import type { Running } from './server-process.ts'

const PATIENCE = { timeout: 15_000, interval: 50 }

describe('answerTo', () => {
  it('knows its commands and nothing else', () => {
    const now = () => new Date(0)
    expect(answerTo('!echo one  two\nthree', now)).toBe('one  two\nthree')
    expect(answerTo('  !time ', now)).toBe('1970-01-01T00:00:00.000Z')
    expect(answerTo('!echo', now)).toBe('There is nothing to repeat.')
    for (const text of ['echo x', '!echoes x', '! echo', 'say !echo x', '!dance', ''])
      expect(answerTo(text, now)).toBe(null)
  })
})

describe('SDK-14 the bot', () => {
  let running: Running
  let ada: Person
  let robot: Person
  let bot: Bot | null = null
  let names = 0
  beforeAll(async () => {
    running = await startRunning()
    ada = await signUp(running.url, 'ada')
    robot = await signUp(running.url, 'robot')
    // The bot's own client is the one under test.
    await robot.parley.close()
  })
  afterEach(async () => {
    await bot?.stop()
    bot = null
  })
  afterAll(async () => {
    await ada.parley.close()
    await running.stop()
  })

  const start = () => {
    bot = startBot({ url: running.url, token: robot.token })
    return bot
  }
  const channelWithBot = async (): Promise<Conversation> => {
    names += 1
    const channel = await ada.parley.rest.channels.create({
      name: `room ${names}`,
      isPrivate: true,
      memberIds: [robot.me.id],
    })
    const conversation = ada.parley.conversation(channel.id)
    conversation.messages.subscribe(() => undefined)
    return conversation
  }
  const said = (conversation: Conversation) =>
    conversation.messages.get().items.map(({ author, source }) => `${author.name}: ${source}`)

  it('answers in a channel it is invited to, and not to what is no command', async () => {
    start()
    const conversation = await channelWithBot()
    await conversation.send('hello').stored
    await conversation.send('!echo one two').stored
    await conversation.send('!echo three').stored
    await vi.waitFor(() => {
      expect(said(conversation).filter((line) => line.startsWith('robot: '))).toEqual([
        'robot: one two',
        'robot: three',
      ])
    }, PATIENCE)
  })

  it('does not answer itself', async () => {
    start()
    const conversation = await channelWithBot()
    await conversation.send('!echo !echo !time').stored
    await vi.waitFor(() => expect(said(conversation)).toContain('robot: !echo !time'), PATIENCE)
    // Had it answered itself, that would have come before this.
    await conversation.send('!echo end').stored
    await vi.waitFor(() => expect(said(conversation).at(-1)).toBe('robot: end'), PATIENCE)
    expect(said(conversation)).toHaveLength(4)
  })

  it('answers what it missed when it is back, and nothing twice', async () => {
    const first = start()
    const conversation = await channelWithBot()
    await conversation.send('!echo before').stored
    await vi.waitFor(() => expect(said(conversation)).toContain('robot: before'), PATIENCE)
    await first.stop()
    await conversation.send('!echo meanwhile').stored
    start()
    await vi.waitFor(() => expect(said(conversation)).toContain('robot: meanwhile'), PATIENCE)
    await conversation.send('!echo after').stored
    await vi.waitFor(() => expect(said(conversation)).toContain('robot: after'), PATIENCE)
    expect(said(conversation).filter((line) => line.startsWith('robot: '))).toEqual([
      'robot: before',
      'robot: meanwhile',
      'robot: after',
    ])
  })

  it('comes back after the connection broke', async () => {
    const { parley } = start()
    const conversation = await channelWithBot()
    await conversation.send('!echo before').stored
    await vi.waitFor(() => expect(said(conversation)).toContain('robot: before'), PATIENCE)
    parley.disconnect()
    await conversation.send('!echo meanwhile').stored
    parley.connect()
    await vi.waitFor(() => expect(said(conversation)).toContain('robot: meanwhile'), PATIENCE)
    expect(said(conversation)).toHaveLength(4)
  })
})
