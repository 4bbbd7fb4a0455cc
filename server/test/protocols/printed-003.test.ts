import { JSDOM } from 'jsdom'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startTestServer, type TestServer, type TestUser } from '../harness/test-server.ts'

const loadHook = () => import('./fixtures/document-003/useMessageHandling.ts')
const loadHandlers = () => import('./fixtures/document-003/messageHandlers.ts')
const loadSocketContext = () => import('./fixtures/document-003/useSocket.ts')
const loadPractices = () => import('./fixtures/document-003/practices.ts')

let server: TestServer
let ann: TestUser
let bob: TestUser
let channelId: string

beforeAll(async () => {
  server = await startTestServer()
  ann = await server.register('Ann')
  bob = await server.register('Bob')
  const made = await server.call(ann, 'POST', '/api/channels', { name: 'general', memberIds: [bob.id] })
  channelId = (made.body['channel'] as { id: string }).id
})
afterAll(() => server.stop())

/** The connection as document 003 prints it under "Socket Connection". */
const connect = async (user: TestUser) => {
  const { io } = await import('socket.io-client')
  const socket = io(server.url, {
    auth: { userId: user.id, token: user.token },
    withCredentials: true,
    forceNew: true,
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('connect_error', reject)
  })
  return socket
}

describe('the code that document 003 prints', () => {
  it('CHANNELS-20 the class MessageHandlers runs as printed', async () => {
    const { MessageHandlers } = await loadHandlers()
    const [a, b] = [await connect(ann), await connect(bob)]
    const messages: { content: string; id: string }[] = []
    const [typing, delivery] = [vi.fn(), vi.fn()]
    const onA = new MessageHandlers(a, channelId, () => {}, vi.fn(), delivery)
    const onB = new MessageHandlers(
      b,
      channelId,
      (message: { content: string; id: string }) => messages.push(message),
      typing,
      vi.fn(),
    )
    b.emit('room:join', { channelId })
    a.emit('message:typing:start', { channelId, isTyping: true })
    await expect.poll(() => typing.mock.calls.length).toBe(1)
    a.emit('message:send', { content: 'hello', channelId })
    await expect.poll(() => messages.map(({ content }) => content)).toEqual(['hello'])
    const { id: messageId } = messages[0]!
    await expect
      .poll(() => delivery.mock.calls)
      .toEqual([[{ messageId, channelId, status: 'DELIVERED', userId: bob.id }]])
    expect(typing.mock.calls.map(([{ isTyping }]) => isTyping)).toEqual([true, false])
    b.emit('message:read', { messageId, channelId, status: 'READ' })
    await expect
      .poll(() => delivery.mock.calls.at(-1))
      .toEqual([{ messageId, channelId, status: 'READ', userId: bob.id }])
    onA.cleanup()
    onB.cleanup()
    expect(b.listeners('message:new')).toEqual([])
    a.disconnect()
    b.disconnect()
  })

  it('CHANNELS-21 the hook useMessageHandling runs as printed, in React', async () => {
    const dom = new JSDOM('<!doctype html><div id="a"></div><div id="b"></div>')
    vi.stubGlobal('window', dom.window)
    vi.stubGlobal('document', dom.window.document)
    vi.stubGlobal('navigator', dom.window.navigator)
    vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
    const [{ act, createElement, StrictMode }, { createRoot }] = await Promise.all([
      import('react'),
      import('react-dom/client'),
    ])
    const [{ useMessageHandling }, { SocketContext }] = await Promise.all([loadHook(), loadSocketContext()])
    const hooks = new Map<string, ReturnType<typeof useMessageHandling>>()
    // biome-ignore lint/correctness/noComponentHookFactories: made once, after jsdom stands in for the browser
    const Page = ({ name }: { name: string }) => {
      hooks.set(name, useMessageHandling(channelId))
      return createElement('p', null, name)
    }
    const [a, b] = [await connect(ann), await connect(bob)]
    const heard: Record<string, unknown>[] = []
    a.onAny((event: string, body: object) => heard.push({ event, ...body }))
    const roots = [
      ['a', a],
      ['b', b],
    ].map(([id, socket]) => {
      const root = createRoot(dom.window.document.getElementById(id as string)!)
      const page = createElement(
        SocketContext.Provider,
        { value: socket as never },
        createElement(Page, { name: id as string }),
      )
      act(() => root.render(createElement(StrictMode, null, page)))
      return root
    })
    expect(dom.window.document.body.textContent).toBe('ab')
    // Document 003's hook joins no room: writing to a channel enters it.
    hooks.get('a')!.updateTyping(true)
    await new Promise((resolve) => setTimeout(resolve, 600))
    hooks.get('b')!.updateTyping(true)
    await expect.poll(() => heard.map(({ event }) => event)).toContain('message:typing:start')
    hooks.get('a')!.sendMessage('from the hook')
    await expect
      .poll(() => heard.map(({ event }) => event))
      .toEqual(expect.arrayContaining(['message:sent', 'message:delivered']))
    const { messageId } = heard.find(({ event }) => event === 'message:sent')!
    hooks.get('b')!.sendMessage('an answer', messageId as string)
    await expect
      .poll(() => heard.find(({ event }) => event === 'message:new'))
      .toMatchObject({
        content: 'an answer',
        parentId: messageId,
        userId: bob.id,
      })
    for (const root of roots) act(() => root.unmount())
    expect(b.listeners('message:new')).toEqual([])
    a.disconnect()
    b.disconnect()
    vi.unstubAllGlobals()
  })

  it('CHANNELS-22 what failed offline is sent again on reconnection, and stored once', async () => {
    const { practise } = await loadPractices()
    const [a, b] = [await connect(ann), await connect(bob)]
    const shown: { id: string; content: string }[] = []
    const storage = new Map<string, string>()
    const localStorage = {
      getItem: (key: string) => storage.get(key) ?? null,
      setItem: (key: string, value: string) => void storage.set(key, value),
      removeItem: (key: string) => void storage.delete(key),
    }
    const errors = vi.fn()
    practise(b, localStorage, { error: vi.fn() }, (message: never) => shown.push(message), shown)
    const ofA = practise(a, localStorage, { error: errors }, () => {}, [])
    await b.emitWithAck('room:join', { channelId })
    const sent = vi.fn()
    a.on('message:sent', sent)
    const before = (await server.call(ann, 'GET', `/api/channels/${channelId}/messages`)).body[
      'messages'
    ] as object[]
    ofA.handleMessageError({ content: 'written offline', channelId, clientMessageId: 'offline-1' })
    ofA.handleMessageError({ content: 'written offline', channelId, clientMessageId: 'offline-1' })
    a.io.engine.close()
    await expect.poll(() => sent.mock.calls.length, { timeout: 10_000 }).toBe(2)
    expect(sent.mock.calls[0]![0].messageId).toBe(sent.mock.calls[1]![0].messageId)
    await expect.poll(() => shown.map(({ content }) => content)).toEqual(['written offline'])
    const after = (await server.call(ann, 'GET', `/api/channels/${channelId}/messages`)).body[
      'messages'
    ] as object[]
    expect(after.length - before.length).toBe(1)
    expect(storage.size).toBe(0)
    a.emit('message:send', { content: '', channelId })
    await expect.poll(() => errors.mock.calls).toEqual([['Message error:', 'Invalid message format']])
    a.disconnect()
    b.disconnect()
  })
})
