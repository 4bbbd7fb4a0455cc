import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildOnce } from '@parley/testkit/server-process'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { PASSWORD, startTestServer, type TestServer, type TestUser } from '../harness/test-server.ts'
import { MAIN, type Running, run, start } from './cli-process.ts'

let server: TestServer
let port: string
let users = 0
const dataDir = mkdtempSync(join(tmpdir(), 'parley-cli-'))
const running: Running[] = []

const newPair = async (): Promise<[ann: TestUser, bob: TestUser]> => {
  users += 1
  return [await server.register(`ann${users}`), await server.register(`bob${users}`)]
}

const args = (me: TestUser, peer: TestUser): string[] =>
  [MAIN, 'chat', '--url', server.url, '--as', me.username, '--to', peer.username] as string[]

/** A terminal client over pipes. */
const chat = (me: TestUser, peer: TestUser): Running => {
  const client = start('node', [...args(me, peer), '--password', PASSWORD])
  running.push(client)
  return client
}

/** The same under a terminal, as `script` makes one. */
const chatOnTerminal = (me: TestUser, peer: TestUser): Running => {
  const client = start('script', ['-qefc', `node ${args(me, peer).join(' ')}`, '/dev/null'])
  running.push(client)
  return client
}

const restart = async (whileDown: () => Promise<void>): Promise<void> => {
  await server.running.stop()
  await whileDown()
  server = await startTestServer({ DATA_DIR: dataDir, PORT: port, DRAIN_SPREAD: '200' })
}

beforeAll(async () => {
  buildOnce()
  server = await startTestServer({ DATA_DIR: dataDir, DRAIN_SPREAD: '200' })
  port = new URL(server.url).port
})
afterEach(() => {
  for (const client of running.splice(0)) client.child.kill('SIGKILL')
})
afterAll(async () => {
  await server.stop()
  rmSync(dataDir, { recursive: true })
})

describe('parley chat', () => {
  it('CLI-1 talks both ways, shows receipts, and the past at the next start', async () => {
    const [ann, bob] = await newPair()
    const a = chat(ann, bob)
    await a.sees('You talk to')
    a.type('first\n')
    await a.sees(/you: first ✓|✓ sent: first/)
    const b = chat(bob, ann)
    await b.sees(`${ann.username}: first\n`)
    await a.sees('✓✓ delivered: first')
    await a.sees('has read your messages')
    b.type('second\n')
    await a.sees(`${bob.username}: second\n`)
    await b.sees(/you: second ✓✓|✓✓ delivered: second|has read/)
    b.endInput()
    expect(await b.ended).toEqual({ code: 0, signal: null })
    const again = chat(bob, ann)
    await again.sees(/: first\n.*you: second ✓✓ read\n/)
    expect(again.count('first')).toBe(1)
  })

  it('CLI-2 survives a restart of the server without loss and without repetition', async () => {
    const [ann, bob] = await newPair()
    const [a, b] = [chat(ann, bob), chat(bob, ann)]
    await Promise.all([a.sees('You talk'), b.sees('You talk')])
    a.type('before\n')
    await b.sees(': before\n')
    await restart(async () => {
      await a.sees('connection lost')
      a.type('during 1\nduring 2\n')
      await a.sees('you: during 2\n')
    })
    await b.sees(': during 2\n')
    b.type('after\n')
    await a.sees(': after\n')
    await a.sees('✓ sent: during 2')
    for (const text of [': before\n', ': during 1\n', ': during 2\n']) expect(b.count(text)).toBe(1)
    expect(b.text.indexOf('during 1')).toBeLessThan(b.text.indexOf('during 2'))
    expect(a.count(': after\n')).toBe(1)
    expect(a.count('connection lost')).toBe(1)
  })

  it('CLI-3 a burst above the limit arrives whole, in order, before the end of the input ends the command', async () => {
    const [ann, bob] = await newPair()
    const texts = Array.from({ length: 50 }, (_, index) => `line ${index}`)
    const client = await run(
      args(ann, bob).slice(1),
      {},
      // The password is the first line where there is no terminal.
      [PASSWORD, ...texts, ''].join('\n'),
    )
    expect(client).toMatchObject({ code: 0, err: '' })
    const { body } = await server.call(bob, 'GET', `/api/messages/${ann.id}?limit=100`)
    const stored = (body['messages'] as { content: string }[]).map(({ content }) => content).reverse()
    expect(stored).toEqual(texts)
  })

  it('CLI-4 a message that is refused is named, and the others go on', async () => {
    const [ann, bob] = await newPair()
    const a = chat(ann, bob)
    a.type(`${'x'.repeat(5_001)}\nnul \0 here\ngood\n`)
    await a.sees(/you: good ✓|✓ sent: good/)
    expect(a.text).toMatch(/not sent: x+…: it has 5001 characters, 5000 are possible\n/)
    expect(a.text).toMatch(/not sent: nul {3}here: /)
    a.endInput()
    expect((await a.ended).code).toBe(0)
  })

  it('CLI-5 nothing that others write reaches the terminal as an escape sequence', async () => {
    const [ann, bob] = await newPair()
    const raw = await server.chat(bob)
    const a = chat(ann, bob)
    await a.sees('You talk')
    const evil = 'a\u001b[2Jb\u009b31mc\u202ed\ne\u0007'
    raw.send({ type: 'chat_message', data: { receiverId: ann.id, content: evil } })
    await a.sees('a [2Jb 31mc d ⏎ e')
    expect(a.text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u202e]/u)
  })

  it('CLI-6 on a terminal asks for the password in silence, shows typing, and keeps the line being typed', async () => {
    const [ann, bob] = await newPair()
    const a = chatOnTerminal(ann, bob)
    await a.sees(`Password of ${ann.username}: `)
    a.type(`${PASSWORD}\r`)
    await a.sees('You talk')
    const raw = await server.chat(bob)
    await a.sees(`${bob.username} is online`)
    expect(a.text).not.toContain(PASSWORD)
    a.type('half a li')
    expect((await raw.data('typing_indicator'))['isTyping']).toBe(true)
    raw.send({ type: 'typing_start', data: { receiverId: ann.id } })
    await a.sees(`(${bob.username} is typing …)`)
    raw.send({ type: 'chat_message', data: { receiverId: ann.id, content: 'in between' } })
    await a.sees(`${bob.username}: in between`)
    a.type('ne\r')
    expect((await raw.data('new_message'))['content']).toBe('half a line')
    await a.sees(/you: half a line ✓✓|✓✓ delivered: half/)
    a.type('\u0004')
    expect((await a.ended).code).toBe(0)
  })

  it('CLI-7 what others wrote is announced, once', async () => {
    const [ann, bob] = await newPair()
    const [carl, dora] = await newPair()
    await server.call(carl, 'POST', '/api/messages', { receiverId: ann.id, content: 'early' })
    const a = chat(ann, bob)
    await a.sees(`1 unread from ${carl.username}`)
    const raw = await server.chat(dora)
    raw.send({ type: 'chat_message', data: { receiverId: ann.id, content: 'late' } })
    await a.sees(`${dora.username} wrote to you in another conversation`)
    expect(a.text).not.toContain(`${carl.username} wrote`)
  })

  it('CLI-8 what keeps it from starting is one line and exit code 1, or 2 with the usage', async () => {
    const [ann, bob] = await newPair()
    const base = ['chat', '--url', server.url, '--as', ann.username]
    const cases: [args: string[], code: number, line: RegExp][] = [
      [
        [...base, '--to', bob.username, '--password', 'wrong'],
        1,
        /^parley: Wrong username or password .*\n$/,
      ],
      [
        [...base, '--to', 'nobody', '--password', PASSWORD],
        1,
        /^parley: There is nobody called nobody .*\n$/,
      ],
      [
        ['chat', '--url', 'http://127.0.0.1:1', '--as', 'a', '--to', 'b', '--password', 'x'],
        1,
        /^parley: .* does not answer\. .*\n$/,
      ],
      [[...base, '--to', bob.username], 1, /^parley: No password\. .*\n$/],
      [['chat', '--as', 'a'], 2, /^parley: --to NAME is missing.*\n\nparley chat/],
      [['chat', '--url', 'localhost:3000', '--as', 'a', '--to', 'b'], 2, /^parley: --url must begin with/],
      [['chat', '--nonsense'], 2, /^parley: Unknown option .*\n$/],
    ]
    for (const [given, code, line] of cases) {
      const result = await run(given)
      expect(result.err).toMatch(line)
      expect(result.code).toBe(code)
    }
    const registered = await run(
      [...base.slice(0, 3), '--as', `new${users}`, '--to', bob.username, '--register'],
      {},
      `${PASSWORD}\nhi\n`,
    )
    expect(registered).toMatchObject({ code: 0, err: '' })
  })

  it('CLI-9 a session that ends says why, with exit code 1', async () => {
    const [ann, bob] = await newPair()
    const a = chat(ann, bob)
    a.type('hello\n')
    await a.sees(/you: hello ✓|✓ sent: hello/)
    const elsewhere = await server.chat(ann)
    await a.sees('parley: You signed in to chat from somewhere else.')
    expect((await a.ended).code).toBe(1)
    elsewhere.socket.close()
  })
})
