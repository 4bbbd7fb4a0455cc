import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export interface PageServer {
  /** `http://127.0.0.1:PORT`: a secure context to a browser, and another origin than the server under test. */
  readonly url: string
  close(): void
}

const root = fileURLToPath(new URL('../..', import.meta.url))
const PEERJS = fileURLToPath(new URL('peerjs.min.js', import.meta.resolve('peerjs')))
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.css': 'text/css',
  '.js': 'text/javascript',
}
/** The pages of this workspace, and nothing else of this machine. */
const PAGE_FILE = /^\/(call-page|peerjs-page)\/[a-z-]+\.(html|css|js)$/

/**
 * Serves the pages as a front end on another port does. Not by `route.fulfill`: a page that came from no address is
 * refused connections to loopback (local network access).
 */
export const startPageServer = async (): Promise<PageServer> => {
  const server = createServer(async ({ url = '' }, response) => {
    const { pathname } = new URL(url, 'http://pages')
    const file = pathname === '/peerjs-page/peerjs.js' ? PEERJS : join(root, pathname)
    const body = PAGE_FILE.test(pathname) ? await readFile(file).catch(() => null) : null
    if (body === null) response.writeHead(404).end()
    else response.writeHead(200, { 'content-type': TYPES[extname(pathname)] }).end(body)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
