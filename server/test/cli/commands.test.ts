import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSqliteStore } from '@parley/store-sql'
import { RawClient } from '@parley/testkit'
import { buildOnce } from '@parley/testkit/server-process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PASSWORD, startTestServer, type TestServer } from '../harness/test-server.ts'
import { ROOT, run } from './cli-process.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'parley-commands-'))
const env = { DATA_DIR: dataDir }
let server: TestServer

beforeAll(async () => {
  buildOnce()
  server = await startTestServer({ ...env, LIMITS: 'off' })
})
afterAll(async () => {
  await server.stop()
  rmSync(dataDir, { recursive: true })
})

const epoch = async (): Promise<string> => {
  const store = await openSqliteStore({ file: join(dataDir, 'parley.db') })
  try {
    return await store.epoch()
  } finally {
    await store.close()
  }
}

describe('parley user and token', () => {
  it('CLI-10 adds, lists, disables and enables, and makes tokens that work, beside a running server', async () => {
    // Without a terminal the password is the first line.
    const added = await run(['user', 'add', 'Zoe', '--admin'], env, `${PASSWORD}\n`)
    expect(added).toMatchObject({
      code: 0,
      err: '',
      out: expect.stringMatching(/^Admin Zoe added, id \S+\n$/),
    })
    const listed = await run(['user', 'list'], env)
    expect(listed.out).toMatch(/\tZoe\t.*\tadmin\tactive\n/)
    expect(await run(['user', 'add', 'ZOE', '--password', PASSWORD], env)).toMatchObject({ code: 1 })

    const token = (await run(['token', 'zoe'], env)).out.trim()
    const client = await RawClient.open(`${server.url.replace('http', 'ws')}/ws?token=${token}`)
    expect((await client.data('connection_established'))['username']).toBe('Zoe')
    client.socket.close()

    expect((await run(['user', 'disable', 'zoe'], env)).code).toBe(0)
    expect((await run(['user', 'list'], env)).out).toMatch(/\tZoe\t.*\tdisabled\n/)
    expect(await run(['token', 'zoe'], env)).toMatchObject({
      code: 1,
      err: 'parley: Zoe is disabled. Enable the account first.\n',
    })
    expect((await run(['user', 'enable', 'zoe'], env)).code).toBe(0)
    expect((await run(['token', 'zoe'], env)).code).toBe(0)
    expect(await run(['user', 'disable', 'nobody'], env)).toMatchObject({
      code: 1,
      err: 'parley: There is nobody called nobody.\n',
    })
  })
})

describe('parley config and serve', () => {
  it('CLI-11 config masks secrets; what cannot be set stops a start with one line', async () => {
    const secret = 's'.repeat(40)
    const listed = await run(['config'], { ...env, JWT_SECRET: secret, PORT: '4000' })
    expect(listed).toMatchObject({ code: 0, err: '' })
    expect(listed.out).toContain('PORT=4000\n')
    expect(listed.out).toContain('JWT_SECRET=********\n')
    expect(listed.out).not.toContain(secret)
    for (const [wrong, line] of [
      [{ PARLEY_PORT: '1' }, /^parley: PARLEY_PORT must be unset: .*it is called PORT\n$/],
      [{ PORT: 'x' }, /^parley: PORT must be a whole number from 0 to 65535; it is "x"\n$/],
      [{ JWT_SECRET: 'short' }, /^parley: JWT_SECRET must be at least 32 characters\n$/],
    ] as const) {
      const { code, out, err } = await run(['serve'], { ...env, ...wrong })
      expect(err).toMatch(line)
      expect({ code, out }).toEqual({ code: 1, out: '' })
    }
  })

  it('CLI-14 helps, tells its version, and refuses what it does not know', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }
    expect(await run(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' })
    for (const args of [[], ['--help'], ['help']]) {
      const { code, out } = await run(args)
      expect(code).toBe(0)
      for (const name of ['serve', 'chat', 'user', 'token', 'backup', 'restore', 'config']) {
        expect(out).toContain(`parley ${name}`)
      }
    }
    expect((await run(['chat', '--help'])).out).toContain('--register')
    for (const args of [['nope'], ['serve', '--port', '1'], ['token'], ['backup'], ['user', 'frob', 'x']]) {
      expect((await run(args, env)).code).toBe(2)
    }
  })
})

describe('parley backup and restore', () => {
  it('CLI-12, CLI-13 a backup under load holds what was acknowledged before it; restored, it has a new epoch', async () => {
    const [ann, bob] = [await server.register('ann'), await server.register('bob')]
    const client = await server.chat(ann)
    const sent: string[] = []
    let isSending = true
    const sending = (async () => {
      for (let index = 0; isSending; index += 1) {
        client.send({ type: 'chat_message', data: { receiverId: bob.id, content: `m${index}` } })
        await client.next('message_sent')
        sent.push(`m${index}`)
      }
    })()
    while (sent.length < 50) await new Promise((next) => setTimeout(next, 5))
    const before = sent.length
    const file = join(dataDir, 'copy.db')
    const backup = await run(['backup', file], env)
    isSending = false
    await sending
    expect(backup).toMatchObject({ code: 0, err: '' })
    expect(sent.length).toBeGreaterThan(before)

    const refused = await run(['restore', file], env)
    expect(refused).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^parley: .* is in use\. Stop .*\n$/),
    })
    expect(await run(['restore', join(ROOT, 'package.json')], env)).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^parley: .* is not a backup of Parley\.\n$/),
    })

    await server.running.stop()
    const oldEpoch = await epoch()
    expect(await run(['restore', file], env)).toMatchObject({ code: 0, err: '' })
    expect(await epoch()).not.toBe(oldEpoch)
    server = await startTestServer({ ...env, LIMITS: 'off' })
    const stored: string[] = []
    for (let cursor = ''; ; ) {
      const { body } = await server.call(ann, 'GET', `/api/messages/${bob.id}?limit=100${cursor}`)
      stored.push(...(body['messages'] as { content: string }[]).map(({ content }) => content))
      if (typeof body['nextCursor'] !== 'string') break
      cursor = `&cursor=${body['nextCursor']}`
    }
    stored.reverse()
    expect(stored.length).toBeGreaterThanOrEqual(before)
    expect(stored).toEqual(sent.slice(0, stored.length))
  })
})
