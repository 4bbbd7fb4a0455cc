import type { IncomingMessage, ServerResponse } from 'node:http'
import { problem, sendProblem } from '../http/problem.ts'
import type { SiteHandler } from '../http.ts'
import { NOT_BUILT_PAGE } from './not-built.ts'
import { PAGE_HEADERS } from './policy.ts'
import type { SiteFile, SiteFiles } from './site-files.ts'

/** Paths of the interfaces for programs: theirs to answer, also with 404. */
const FOREIGN = ['/api', '/admin', '/metrics', '/socket.io', '/ws', '/signal', '/peerjs']

/** What follows is a name that somebody chose: it may look like that of a file. */
const NAMED_BY_PEOPLE = /^\/(?:chat|room|g)\//

/** Names in this folder hold a hash of what is in the file. */
const HASHED = '/assets/'

/** Serves the web app. Its own addresses lead to its one page; `null` is an app that was not built. */
export const createSite =
  (files: SiteFiles | null): SiteHandler =>
  (request, response, path) => {
    const { method } = request
    if (method !== 'GET' && method !== 'HEAD') return false
    if (FOREIGN.some((prefix) => path === prefix || path.startsWith(`${prefix}/`))) return false
    const file = files?.get(path === '/' ? '/index.html' : path)
    if (file !== undefined) sendFile(request, response, path, file)
    else if (path.startsWith(HASHED)) sendMissing(response)
    else if (!isPage(request, path)) return false
    else if (files === null) sendNotBuilt(request, response)
    else sendFile(request, response, '/index.html', files.get('/index.html')!)
    return true
  }

/** The bare address is a page for whoever asks; others are for browsers that go there. */
const isPage = ({ headers }: IncomingMessage, path: string): boolean => {
  if (path === '/') return true
  if (!(headers.accept ?? '').includes('text/html')) return false
  return NAMED_BY_PEOPLE.test(path) || !path.slice(path.lastIndexOf('/')).includes('.')
}

const sendFile = (request: IncomingMessage, response: ServerResponse, path: string, file: SiteFile): void => {
  const { headers, method } = request
  if (file.type.startsWith('text/html')) setPageHeaders(response)
  response.setHeader('Vary', 'Origin, Accept-Encoding')
  response.setHeader(
    'Cache-Control',
    path.startsWith(HASHED) ? 'public, max-age=31536000, immutable' : 'no-cache',
  )
  // Weak: the same words, however compressed.
  const etag = `W/${file.etag}`
  response.setHeader('ETag', etag)
  if (knows(headers['if-none-match'], etag)) {
    response.writeHead(304).end()
    return
  }
  const [encoding, body] = encode(headers['accept-encoding'], file)
  if (encoding !== null) response.setHeader('Content-Encoding', encoding)
  response.writeHead(200, { 'Content-Type': file.type, 'Content-Length': body.byteLength })
  response.end(method === 'HEAD' ? undefined : body)
}

const knows = (given: string | undefined, etag: string): boolean =>
  (given ?? '').split(',').some((one) => one.trim() === etag)

const encode = (accepted: string | undefined, file: SiteFile): readonly [string | null, Buffer] => {
  for (const [name, body] of [
    ['br', file.br],
    ['gzip', file.gzip],
  ] as const) {
    if (body !== null && takes(accepted, name)) return [name, body]
  }
  return [null, file.body]
}

/** `br`, `gzip;q=0.5`, but not `br;q=0`. */
const takes = (accepted: string | undefined, name: string): boolean =>
  (accepted ?? '').split(',').some((part) => {
    const [coding, quality] = part.split(';').map((word) => word.trim().toLowerCase())
    return coding === name && !/^q=0(?:\.0*)?$/.test(quality ?? '')
  })

const setPageHeaders = (response: ServerResponse): void => {
  for (const [name, value] of Object.entries(PAGE_HEADERS)) response.setHeader(name, value)
}

/** Of an older build, perhaps: it must not be kept, as the name may come back. */
const sendMissing = (response: ServerResponse): void => {
  response.setHeader('Cache-Control', 'no-store')
  sendProblem(response, problem(404, 'NOT_FOUND', 'There is no such file'))
}

const sendNotBuilt = ({ method }: IncomingMessage, response: ServerResponse): void => {
  setPageHeaders(response)
  response.setHeader('Cache-Control', 'no-store')
  response.writeHead(503, {
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Length': Buffer.byteLength(NOT_BUILT_PAGE),
  })
  response.end(method === 'HEAD' ? undefined : NOT_BUILT_PAGE)
}
