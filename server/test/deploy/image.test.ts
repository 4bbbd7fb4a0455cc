import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildOnce, newDataFolder, startProcess } from '@parley/testkit/server-process'
import { expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

const PASSWORD = 'a long enough one'

/** The files of the last stage: from where in this repository, to where in the image. */
const copiesOf = (dockerfile: string): readonly (readonly [from: string, to: string])[] => {
  const last = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '))
  const found = [...last.matchAll(/^COPY (?:--from=built \/parley\/)?(\S+) (\S+)$/gm)]
  return found.map(([, from, to]) => [from!, to!.endsWith('/') ? join(to!, basename(from!)) : to!] as const)
}

const signIn = async (url: string): Promise<string> => {
  const response = await fetch(`${url}/api/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'root', password: PASSWORD }),
  })
  return response.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ')
}

it('DEPLOY-11 the server, its pages and its administration run from what the image holds', async () => {
  buildOnce()
  const image = mkdtempSync(join(tmpdir(), 'parley-image-'))
  const data = newDataFolder()
  try {
    const copies = copiesOf(readFileSync(join(ROOT, 'deploy/Dockerfile'), 'utf8'))
    expect(copies.length).toBeGreaterThan(5)
    for (const [from, to] of copies) {
      mkdirSync(dirname(join(image, to)), { recursive: true })
      cpSync(join(ROOT, from), join(image, to), { recursive: true })
    }
    const main = join(image, 'server/dist/main.js')
    const env = { NODE_ENV: 'production', ADMIN_USER: 'root', ADMIN_PASS: PASSWORD }
    const server = await startProcess(data.path, { main, env })
    try {
      const cookie = await signIn(server.url)
      const statusOf = async (path: string): Promise<number> =>
        (await fetch(server.url + path, { headers: { cookie }, redirect: 'error' })).status
      const paths = ['/api/ready', '/', '/admin', '/api/openapi.json', '/admin/socket.io/']
      expect(await Promise.all(paths.map(statusOf)), server.output()).toEqual(paths.map(() => 200))
    } finally {
      await server.kill()
    }
  } finally {
    data.remove()
    rmSync(image, { recursive: true, force: true })
  }
})
