import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { eventually } from './eventually.ts'
import { HubClient } from './hub-client.ts'
import { type ServerProcess, startBun, startProcess } from './server-process.ts'

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const underNode = () =>
  startProcess(process.execPath, [
    '--import=tsx',
    '--conditions=parley-source',
    path('fixtures/printed-node.ts'),
  ])

test.each<[string, () => Promise<ServerProcess>]>([
  ['Bun', () => startBun(path('fixtures/printed-bun.ts'))],
  ['Node', underNode],
])('HUB-25 the code that document 002 prints runs under %s', async (_, start) => {
  const server = await start()
  const open = (user: string) => new HubClient(`ws://127.0.0.1:${server.port}/?user=${user}`)
  try {
    const alice = open('alice')
    await alice.nextOf('connected_users')
    const bob = open('bob')
    await bob.nextOf('connected_users')
    await alice.nextOf('user_joined')
    alice.say({ type: 'custom_message', content: 'something special' })
    await eventually('logged', () => server.output().includes('Custom message received: something special'))
    alice.say({ type: 'custom_message' })
    expect(await alice.next()).toMatchObject({ code: 'INVALID_MESSAGE' })
    alice.say('hello')
    expect(await bob.next()).toMatchObject({ type: 'chat_message', message: 'hello' })
    await alice.nothing()
    for (let more = 0; more < 4; more++) await open('alice').nextOf('connected_users')
    expect((await open('alice').end()).code).toBe(4008)
    expect(server.output()).toContain('User alice connected')
  } finally {
    server.child.kill('SIGKILL')
  }
})
