import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

const script = `
import { createServer } from 'node:http'
import { createWebSocketSystem } from '@parley/sockets'
import { createNodeAcceptor } from '@parley/sockets/node'
import { WebSocket } from 'ws'
const { manager, processMessage } = createWebSocketSystem()
const acceptor = createNodeAcceptor()
const server = createServer()
server.on('upgrade', (request, socket, head) => acceptor.accept(request, socket, head, {
  open: (ws) => manager.handleOpen(ws), message: processMessage, close: (ws) => manager.handleClose(ws),
}, { userId: 'alice', email: '', name: 'Alice' }))
server.listen(0, '127.0.0.1', () => {
  const client = new WebSocket('ws://127.0.0.1:' + server.address().port)
  client.on('message', async (data) => {
    const { type, message } = JSON.parse(data)
    console.log(type)
    if (type === 'connected_users') client.send('hello')
    if (type !== 'chat_message') return
    await acceptor.closeAll(1001, 'Done')
    server.close()
  })
})
`

test('HUB-32 the packed package works from an empty folder under plain Node', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sockets-'))
  try {
    // `npm pack` builds first (prepack).
    const packed = execFileSync('npm', ['pack', '--offline', '--silent', '--pack-destination', folder], {
      cwd: root,
      encoding: 'utf8',
    })
    const target = join(folder, 'node_modules', '@parley', 'sockets')
    mkdirSync(target, { recursive: true })
    const tarball = join(folder, packed.trim().split('\n').at(-1)!)
    execFileSync('tar', ['xzf', tarball, '--strip-components=1', '-C', target])
    const ws = dirname(createRequire(import.meta.url).resolve('ws/package.json'))
    cpSync(ws, join(folder, 'node_modules', 'ws'), { recursive: true })
    writeFileSync(join(folder, 'main.mjs'), script)
    const output = execFileSync(process.execPath, ['main.mjs'], {
      cwd: folder,
      encoding: 'utf8',
      timeout: 20_000,
    })
    expect(output.trim().split('\n')).toEqual(['welcome', 'connected_users', 'chat_message'])
    // Without ws the library itself still loads.
    rmSync(join(folder, 'node_modules', 'ws'), { recursive: true })
    writeFileSync(
      join(folder, 'alone.mjs'),
      `import { parseMessage } from '@parley/sockets'\nconsole.log(parseMessage('hi').type)`,
    )
    expect(execFileSync(process.execPath, ['alone.mjs'], { cwd: folder, encoding: 'utf8' })).toBe(
      'chat_message\n',
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}, 60_000)

test('HUB-26 the built types accept the printed code outside strict mode', () => {
  execFileSync('npm', ['run', 'build', '--silent'], { cwd: root })
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')
  const project = join(root, 'test', 'fixtures', 'tsconfig.json')
  const output = execFileSync(process.execPath, [tsc, '--noEmit', '-p', project], { encoding: 'utf8' })
  expect(output).toBe('')
}, 60_000)
