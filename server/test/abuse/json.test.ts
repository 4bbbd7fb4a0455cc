import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { TestUser } from '../harness/test-server.ts'
import {
  DIALECTS,
  type Dialect,
  errorCodes,
  expectUsable,
  openScene,
  type Scene,
  textFrame,
} from './scene.ts'

/** Black box: JSON that no client of ours would send. Each is answered, and the connection stays. */

let scene: Scene
let receiver: TestUser

beforeAll(async () => {
  scene = await openScene()
  receiver = await scene.newUser()
})
afterEach(() => scene.expectUnharmed())
afterAll(() => scene.stop())

/** Sends each frame, expects one error each with that code, then that the connection works. */
const expectAnswers = async (
  dialect: Dialect,
  frames: readonly (object | string)[],
  codes: readonly string[],
) => {
  const peer = await scene.attacker(dialect)
  for (const frame of frames) peer.write(textFrame(frame))
  await expectUsable(peer, dialect)
  // In chat the probe itself is the last error.
  expect(errorCodes(peer).slice(0, frames.length)).toEqual(codes)
  peer.destroy()
}

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)
const objects = (depth: number): string => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`
const same = (code: string, count: number): string[] => Array.from({ length: count }, () => code)
const chat = (fields: string): string => `{"type":"chat_message","data":{${fields}}}`
const toReceiver = (fields: string): string => chat(`"receiverId":"${receiver.id}",${fields}`)

describe('JSON that goes deep', () => {
  it('ABUSE-1 chat: JSON of depth 33 and 10,000 is answered as invalid', async () => {
    const frames = [
      nested(10_000),
      objects(10_000),
      toReceiver(`"content":"x","more":${nested(33)}`),
      `{"type":"chat_message","data":${nested(10_000)}}`,
      '['.repeat(60_000),
    ]
    await expectAnswers('chat', frames, same('INVALID_JSON', frames.length))
  })

  it('ABUSE-1 hub: JSON of depth 33 and 10,000 is answered as invalid', async () => {
    const frames = [
      objects(10_000),
      `{"type":"chat_message","message":"x","more":${nested(33)}}`,
      `{"type":"chat_message","message":${nested(10_000)}}`,
      // Text that is no JSON object is a message, and this one is too long.
      nested(10_000),
    ]
    await expectAnswers('hub', frames, same('INVALID_MESSAGE', frames.length))
  })
})

describe('keys and ids with a meaning in JavaScript', () => {
  const POISON = '"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}'

  it('ABUSE-2 chat: `__proto__` and `constructor` are names like any other, and are not passed on', async () => {
    const reader = await scene.server.chat(receiver)
    const peer = await scene.attacker('chat')
    const fields = `"receiverId":"${receiver.id}","content":"poisoned",${POISON}`
    peer.write(textFrame(`{"type":"chat_message",${POISON},"data":{${fields}}}`))
    const frame = await reader.next('new_message')
    expect(Object.keys(frame)).toEqual(['type', 'data'])
    expect(JSON.stringify(frame)).not.toMatch(/polluted|__proto__|constructor/)
    for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty']) {
      peer.write(textFrame({ type: name }))
      peer.write(textFrame(chat(`"receiverId":"${name}","content":"x"`)))
      peer.write(textFrame(`{"type":"typing_start","data":{"receiverId":"${name}"}}`))
      peer.write(textFrame(`{"type":"typing_stop","data":{"receiverId":"${name}"}}`))
      peer.write(textFrame(toReceiver(`"content":"x","messageType":"${name}"`)))
    }
    await expectUsable(peer, 'chat')
    const nobody = same('RECEIVER_NOT_FOUND', 3)
    expect(errorCodes(peer).slice(0, 20)).toEqual(
      Array.from({ length: 4 }, () => ['UNKNOWN_TYPE', ...nobody, 'INVALID']).flat(),
    )
    peer.destroy()
    await reader.close()
  })

  it('ABUSE-2 hub: `__proto__` and `constructor` are names like any other, and are not passed on', async () => {
    const reader = await scene.attacker('hub')
    const peer = await scene.attacker('hub')
    peer.write(textFrame(`{"type":"chat_message","message":"poisoned",${POISON}}`))
    const frame = await reader.json(({ message }) => message === 'poisoned')
    expect(JSON.stringify(frame)).not.toMatch(/polluted|__proto__|constructor/)
    for (const name of ['__proto__', 'constructor', 'toString']) peer.write(textFrame({ type: name }))
    await expectUsable(peer, 'hub')
    expect(errorCodes(peer)).toEqual(same('UNKNOWN_TYPE', 3))
    peer.destroy()
    reader.destroy()
  })

  it('ABUSE-2 people may be called so, and REST ignores such keys', async () => {
    const { server } = scene
    const [proto, maker] = [await server.register('__proto__'), await server.register('constructor')]
    const client = await server.chat(maker)
    const sent = await server.call(proto, 'POST', '/api/messages', {
      receiverId: maker.id,
      content: 'from __proto__',
    })
    expect(sent.status).toBe(201)
    expect(await client.data('new_message')).toMatchObject({ senderUsername: '__proto__' })
    await client.close()
    const response = await fetch(`${server.url}/api/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${proto.token}` },
      body: `{"receiverId":"${maker.id}","content":"x",${POISON}}`,
    })
    expect(response.status).toBe(201)
    expect(await response.text()).not.toContain('polluted')
    for (const path of ['/api/users/__proto__', '/api/messages/__proto__', '/api/users/constructor']) {
      expect((await server.call(proto, 'GET', path)).status).toBe(404)
    }
  })
})

describe('values that cannot be', () => {
  const list = JSON.stringify(Array.from({ length: 10_000 }, (_, index) => index % 10))

  it('ABUSE-3 chat: arrays of 10,000, 1e400, lone surrogates and NUL are refused, each with an answer', async () => {
    const cases: [frame: string, code: string][] = [
      [list, 'INVALID_JSON'],
      [`{"type":"chat_message","data":${list}}`, 'MISSING_FIELDS'],
      [`{"type":${list}}`, 'UNKNOWN_TYPE'],
      [toReceiver(`"content":${list}`), 'MISSING_FIELDS'],
      [chat(`"receiverId":${list},"content":"x"`), 'MISSING_FIELDS'],
      [toReceiver('"content":1e400'), 'MISSING_FIELDS'],
      [chat('"receiverId":1e400,"content":"x"'), 'MISSING_FIELDS'],
      ['{"type":1e400}', 'UNKNOWN_TYPE'],
      [toReceiver('"content":"x","messageType":-1e400'), 'INVALID'],
      [toReceiver('"content":"x","clientMessageId":1e400'), 'INVALID'],
      [toReceiver('"content":"x","parentId":1e400'), 'INVALID'],
      [toReceiver('"content":"\\ud800"'), 'INVALID'],
      [toReceiver('"content":"\\udc00\\ud800"'), 'INVALID'],
      [toReceiver('"content":"x","clientMessageId":"\\udfff"'), 'INVALID'],
      [toReceiver('"content":"a\\u0000b"'), 'INVALID'],
      [toReceiver('"content":"x","clientMessageId":"\\u0000"'), 'INVALID'],
      [chat('"receiverId":"\\u0000","content":"x"'), 'RECEIVER_NOT_FOUND'],
    ]
    const [frames, codes] = [cases.map(([frame]) => frame), cases.map(([, code]) => code)]
    await expectAnswers('chat', frames, codes)
    const history = await scene.server.call(receiver, 'GET', '/api/messages/conversations')
    const contents = JSON.stringify(history.body)
    expect(contents).not.toContain('\\u0000')
  })

  it('ABUSE-3 hub: arrays of 10,000, 1e400, lone surrogates and NUL are refused, each with an answer', async () => {
    const message = (value: string): string => `{"type":"chat_message","message":${value}}`
    const frames = [
      ...[list, message(list), `{"type":${list}}`, message('1e400'), '{"type":1e400}'],
      ...[message('"\\ud800"'), message('"\\udc00\\ud800"'), message('"a\\u0000b"'), 'a\u0000b'],
      ...[`{"type":"typing_indicator","isTyping":${list}}`, '{"type":"typing_indicator","isTyping":1e400}'],
    ]
    await expectAnswers('hub', frames, same('INVALID_MESSAGE', frames.length))
  })

  for (const dialect of DIALECTS) {
    it(`ABUSE-3 ${dialect}: a frame of 5,000 keys or 30,000 commas harms nobody`, async () => {
      const keys = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`k${index}`, index]))
      const frames = [
        { type: 'nothing', ...keys },
        { type: 'nothing', list: Array(30_000).fill(0) },
      ]
      await expectAnswers(dialect, frames, same('UNKNOWN_TYPE', 2))
    })
  }
})
