import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { clientFrame, header, TEXT } from '../harness/raw-tcp.ts'
import { DIALECTS, expectUsable, openScene, type Scene, textFrame } from './scene.ts'

/** Black box: bytes that break the WebSocket protocol or its limits. Each gets the close code that says so. */

let scene: Scene

beforeAll(async () => {
  scene = await openScene()
})
afterEach(() => scene.expectUnharmed())
afterAll(() => scene.stop())

const BINARY = 0x82
/** First bytes of frames that are not the last of their message. */
const TEXT_PART = 0x01
const PART = 0x00
const LAST_PART = 0x80

const close = (code: number): Buffer => {
  const payload = Buffer.alloc(2)
  payload.writeUInt16BE(code)
  return clientFrame(0x88, payload)
}

const breaksProtocol: readonly [name: string, bytes: Buffer][] = [
  ['an unmasked frame', Buffer.from([TEXT, 2, 0x68, 0x69])],
  ['an unmasked close', Buffer.from([0x88, 0])],
  ...[0x40, 0x20, 0x10].map((bit): [string, Buffer] => [`reserved bit ${bit}`, clientFrame(TEXT | bit, 'x')]),
  ...[3, 7, 11, 15].map((opcode): [string, Buffer] => [`opcode ${opcode}`, clientFrame(0x80 | opcode)]),
  ['a fragmented ping', clientFrame(0x09, 'x')],
  ['a fragmented close', clientFrame(0x08)],
  ['a ping of 126 bytes', clientFrame(0x89, 'x'.repeat(126))],
  ['a close of one byte', clientFrame(0x88, 'x')],
  ['a continuation of nothing', clientFrame(LAST_PART, 'x')],
  ['a message within a message', Buffer.concat([clientFrame(TEXT_PART, 'x'), clientFrame(TEXT, 'y')])],
  ...[0, 999, 1004, 1005, 1006, 1015, 2999, 5000, 65535].map((code): [string, Buffer] => [
    `close code ${code}`,
    close(code),
  ]),
]

const invalidUtf8: readonly [name: string, bytes: Buffer][] = [
  ['a lone continuation byte', Buffer.from([0x61, 0x80])],
  ['an overlong slash', Buffer.from([0xc0, 0xaf])],
  ['an overlong NUL', Buffer.from([0xc0, 0x80])],
  ['an overlong slash of three bytes', Buffer.from([0xe0, 0x80, 0xaf])],
  ['half a surrogate pair', Buffer.from([0xed, 0xa0, 0x80])],
  ['above U+10FFFF', Buffer.from([0xf4, 0x90, 0x80, 0x80])],
  ['a character cut off', Buffer.from([0x61, 0xe2, 0x82])],
  ['bytes that never occur', Buffer.from([0xfe, 0xff])],
]

for (const dialect of DIALECTS) {
  const codeAfter = async (bytes: Buffer): Promise<number | null> => {
    const peer = await scene.attacker(dialect)
    peer.write(bytes)
    const code = await peer.closeCode()
    peer.destroy()
    return code
  }

  describe(`frames: ${dialect}`, () => {
    it(`ABUSE-4 ${dialect}: a message over the limit closes with 1009, in one frame or many`, async () => {
      const content = 'x'.repeat(1_048_576)
      const whole = JSON.stringify({ type: 'chat_message', message: content, data: { content } })
      expect(await codeAfter(textFrame(whole))).toBe(1009)
      const part = clientFrame(PART, 'x'.repeat(8_000))
      const parts = Array.from({ length: 12 }, () => part)
      expect(await codeAfter(Buffer.concat([clientFrame(TEXT_PART, 'x'), ...parts]))).toBe(1009)
    })

    it(`ABUSE-4 ${dialect}: a header that announces too much is enough for 1009`, async () => {
      for (const length of [65_537, 2 ** 31, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER]) {
        expect(await codeAfter(header(TEXT, BigInt(length))), `${length}`).toBe(1009)
      }
      for (const length of [2n ** 53n, 2n ** 63n, 2n ** 64n - 1n]) {
        expect([1002, 1009], `${length}`).toContain(await codeAfter(header(BINARY, length)))
      }
    })

    it(`ABUSE-5 ${dialect}: what breaks the protocol closes with 1002`, async () => {
      for (const [name, bytes] of breaksProtocol) expect([name, await codeAfter(bytes)]).toEqual([name, 1002])
    })

    it(`ABUSE-6 ${dialect}: bytes that are not UTF-8 close with 1007, as text, as binary, in fragments`, async () => {
      for (const [name, bytes] of invalidUtf8) {
        expect([name, await codeAfter(clientFrame(TEXT, bytes))]).toEqual([name, 1007])
        expect([name, await codeAfter(clientFrame(BINARY, bytes))]).toEqual([name, 1007])
        const parts = [
          clientFrame(TEXT_PART, bytes.subarray(0, 1)),
          clientFrame(LAST_PART, bytes.subarray(1)),
        ]
        expect([name, await codeAfter(Buffer.concat(parts))]).toEqual([name, 1007])
      }
    })

    it(`ABUSE-6 ${dialect}: a character split over fragments, and over packets, is whole again`, async () => {
      const peer = await scene.attacker(dialect)
      const text = 'größe €'
      const bytes = Buffer.from(
        JSON.stringify({ type: dialect === 'chat' ? text : 'chat_message', message: text }),
      )
      const at = bytes.indexOf(0xe2) + 1
      peer.write(clientFrame(TEXT_PART, bytes.subarray(0, at)))
      const rest = clientFrame(LAST_PART, bytes.subarray(at))
      for (const byte of rest) peer.write(Buffer.from([byte]))
      await peer.json((frame) => JSON.stringify(frame).includes(text))
      peer.destroy()
    })

    it(`ABUSE-7 ${dialect}: endless fragments, empty or of one byte, close with 1008 and hold no memory`, async () => {
      for (const piece of ['', 'x']) {
        const many = Buffer.concat(Array.from({ length: 5_000 }, () => clientFrame(PART, piece)))
        expect(await codeAfter(Buffer.concat([clientFrame(TEXT_PART), many]))).toBe(1008)
      }
    })

    it(`ABUSE-7 ${dialect}: a message that stops half-way is no hindrance to a control frame`, async () => {
      const peer = await scene.attacker(dialect)
      peer.write(clientFrame(TEXT_PART, '{"type":'))
      peer.write(clientFrame(0x89, 'are you there'))
      peer.write(clientFrame(LAST_PART, '"half"}'))
      await expectUsable(peer, dialect)
      const pong = peer.frames.find(({ opcode }) => opcode === 10)
      expect(pong?.payload.toString()).toBe('are you there')
      peer.destroy()
    })
  })
}
