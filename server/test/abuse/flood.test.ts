import { setImmediate, setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { clientFrame, PING, RawTcp, upgradeRequest } from '../harness/raw-tcp.ts'
import { DIALECTS, expectUsable, openScene, pathOf, type Scene, textFrame } from './scene.ts'

/** Black box: peers that give without end, or do not take. */

let scene: Scene

beforeAll(async () => {
  scene = await openScene({ MAX_BUFFERED: '65536' })
})
afterEach(() => scene.expectUnharmed())
afterAll(() => scene.stop())

/** Bytes that this process holds beyond the stack: the server's and the test's own. */
const memory = (): number => {
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

const MB = 1_048_576

/** Writes as much as the other end takes, `limit` bytes at most; stops when it takes nothing for a second. */
const pour = async (peer: RawTcp, bytes: Buffer, limit: number, pause = false): Promise<void> => {
  for (let written = 0; written < limit && !peer.socket.destroyed; written += bytes.length) {
    const goesOnAtOnce = peer.socket.write(bytes)
    if (pause) await setImmediate()
    if (goesOnAtOnce) continue
    const drained = new Promise<boolean>((resolve) => peer.socket.once('drain', () => resolve(true)))
    const ended = peer.gone.then(() => false)
    const goesOn = await Promise.race([drained, ended, sleep(1_000, false, { ref: false })])
    if (!goesOn) break
  }
}

for (const dialect of DIALECTS) {
  describe(`floods: ${dialect}`, () => {
    it(`ABUSE-12 ${dialect}: a peer that pings and does not read is ended, and cannot grow the memory`, async () => {
      const before = memory()
      // At once, and at a pace at which each few are answered for as long as the
      // kernel takes the answers (33 MB by Linux's default).
      for (const [count, pause] of [
        [500, false],
        [8, true],
      ] as const) {
        const peer = await scene.attacker(dialect)
        peer.socket.pause()
        const pings = Array.from({ length: count }, () => clientFrame(PING, 'x'.repeat(125)))
        await pour(peer, Buffer.concat(pings), 64 * MB, pause)
        // Without a bound it would be several times what was poured in.
        expect(memory() - before).toBeLessThan(60 * MB)
        await scene.expectUnharmed()
        peer.socket.resume()
        const isGone = await Promise.race([peer.gone.then(() => true), sleep(10_000, false)])
        expect(isGone, `${count} pings a turn`).toBe(true)
      }
    }, 60_000)

    it(`ABUSE-12 ${dialect}: a peer that pings as often and reads has every answer`, async () => {
      const peer = await scene.attacker(dialect)
      for (let round = 0; round < 500; round += 1) {
        for (let more = 0; more < 4; more += 1) peer.write(clientFrame(PING, `${round}`))
        await setImmediate()
      }
      await expectUsable(peer, dialect)
      expect(peer.frames.filter(({ opcode }) => opcode === 10)).toHaveLength(2_000)
      peer.destroy()
    })

    it(`ABUSE-12 ${dialect}: messages without end are taken at the pace of their handling`, async () => {
      const peer = await scene.attacker(dialect)
      peer.socket.pause()
      const frames = Buffer.concat(
        Array.from({ length: 500 }, (_, index) => textFrame({ type: `t${index}` })),
      )
      const before = memory()
      await pour(peer, frames, 8 * MB)
      expect(memory() - before).toBeLessThan(60 * MB)
      await scene.expectUnharmed()
      peer.destroy()
    }, 60_000)
  })
}

describe('a reader with a closed window', () => {
  const CONTENT = '€'.repeat(5_000)

  it('ABUSE-13 chat: is cut off, its messages wait, and come when it reads again', async () => {
    const [ann, bob] = [await scene.newUser(), await scene.newUser()]
    const slow = await scene.attacker('chat', bob)
    const sender = await scene.server.chat(ann)
    await sender.next('online_users')
    slow.socket.pause()
    let sent = 0
    const isCut = (): boolean =>
      sender.all.some(
        ({ type, data }) => type === 'user_offline' && (data as { userId?: string }).userId === bob.id,
      )
    const before = memory()
    while (!isCut() && sent < 3_000) {
      for (let more = 0; more < 20; more += 1, sent += 1) {
        const data = { receiverId: bob.id, content: `${sent} ${CONTENT.slice(6)}` }
        sender.send({ type: 'chat_message', data })
      }
      for (let more = 0; more < 20; more += 1) await sender.next('message_sent')
    }
    for (let wait = 0; wait < 100 && !isCut(); wait += 1) await sleep(100)
    expect(isCut()).toBe(true)
    expect(memory() - before).toBeLessThan(150 * MB)

    slow.socket.resume()
    expect([1013, null]).toContain(await slow.closeCode())
    await slow.gone
    const taken = slow.frames
      .filter(({ payload }) => payload.includes('"new_message"'))
      .map(({ payload }) => numberOf(JSON.parse(payload.toString()) as Envelope))
    const again = await scene.server.chat(bob)
    await again.next('new_message', (frame) => numberOf(frame as unknown as Envelope) === sent - 1)
    const later = again.all
      .filter(({ type }) => type === 'new_message')
      .map((frame) => numberOf(frame as unknown as Envelope))
    const all = Array.from({ length: sent }, (_, index) => index)
    expect(taken).toEqual(all.slice(0, taken.length))
    expect(later).toEqual(all.slice(sent - later.length))
    expect(taken.length + later.length).toBeGreaterThanOrEqual(sent)
    await Promise.all([again.close(), sender.close()])
  }, 60_000)

  it('ABUSE-13 hub: is cut off while the others go on', async () => {
    const slow = await scene.attacker('hub')
    slow.socket.pause()
    const talker = await scene.server.open(pathOf('hub', (await scene.newUser()).token))
    const isCut = (): boolean => talker.all.some(({ type }) => type === 'user_left')
    let sent = 0
    for (; !isCut() && sent < 3_000; sent += 1) {
      talker.send({ type: 'chat_message', message: `${sent} ${CONTENT.slice(6)}` })
      await talker.next('chat_message')
    }
    for (let wait = 0; wait < 100 && !isCut(); wait += 1) await sleep(100)
    expect(isCut()).toBe(true)
    slow.socket.resume()
    expect([1013, null]).toContain(await slow.closeCode())
    await slow.gone
    await talker.close()
  }, 60_000)
})

interface Envelope {
  readonly data: { readonly content: string }
}

const numberOf = ({ data }: Envelope): number => Number.parseInt(data.content, 10)

describe('sockets that say nothing', () => {
  it('ABUSE-14 2,000 silent or half-open ones stop nobody, and are ended', async () => {
    const { url } = scene.server
    const user = await scene.newUser()
    const half = upgradeRequest(pathOf('chat', user.token)).slice(0, -4)
    const peers: RawTcp[] = []
    for (let batch = 0; batch < 20; batch += 1) {
      const opened = await Promise.all(Array.from({ length: 100 }, () => RawTcp.connect(url)))
      // Half of them say nothing at all, the others begin a request and stop.
      for (const [index, peer] of opened.entries()) if (index % 2 === 0) peer.write(half)
      peers.push(...opened)
    }
    await scene.expectUnharmed()
    const newcomer = await scene.attacker('chat')
    await expectUsable(newcomer, 'chat')
    newcomer.destroy()
    // headersTimeout is 10 s, looked after every 5 s.
    const allGone = Promise.all(peers.map((peer) => peer.gone)).then(() => true)
    expect(await Promise.race([allGone, sleep(25_000, false)])).toBe(true)
  }, 60_000)

  it('ABUSE-14 200 upgraded ones that vanish without a close leave nothing behind', async () => {
    const users = await Promise.all(Array.from({ length: 40 }, () => scene.newUser()))
    for (let round = 0; round < 5; round += 1) {
      const peers = await Promise.all(users.map((user) => scene.attacker('chat', user)))
      for (const peer of peers) peer.socket.resetAndDestroy()
    }
    const asker = await scene.attacker('chat')
    const isOnline = async (): Promise<boolean> => {
      const { body } = await scene.server.call(users[0]!, 'GET', '/api/users/online?limit=100')
      return users.some(({ id }) => JSON.stringify(body).includes(id))
    }
    for (let wait = 0; wait < 50 && (await isOnline()); wait += 1) await sleep(100)
    expect(await isOnline()).toBe(false)
    asker.destroy()
  })
})
