import { type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'

/** What is wrong with one part of a request: where, never what it held. */
export interface ProblemIssue {
  readonly path: string
  readonly message: string
}

/** RFC 9457, with `message` as clients of documents 001 and 004 read it. */
export interface Problem {
  readonly type: 'about:blank'
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly code: string
  readonly message: string
  readonly issues?: readonly ProblemIssue[]
}

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8'

export const problem = (
  status: number,
  code: string,
  message: string,
  issues?: readonly ProblemIssue[],
): Problem => ({
  type: 'about:blank',
  title: STATUS_CODES[status] ?? 'Error',
  status,
  detail: message,
  code,
  message,
  ...(issues === undefined ? {} : { issues }),
})

/** Whole seconds, never 0: a client that waits as told is not refused again. */
export const retryAfter = (ms: number): string => String(Math.max(1, Math.ceil(ms / 1_000)))

export const sendProblem = (response: ServerResponse, body: Problem): void => {
  if (response.headersSent) {
    response.destroy()
    return
  }
  const text = JSON.stringify(body)
  response.writeHead(body.status, { 'content-type': PROBLEM_TYPE, 'content-length': Buffer.byteLength(text) })
  response.end(text)
}

/** Refuses an upgrade: the answer is written to the bare socket, which then closes. */
export const refuseUpgrade = (
  socket: Duplex,
  body: Problem,
  headers: Readonly<Record<string, string>> = {},
): void => {
  const text = JSON.stringify(body)
  const lines = Object.entries({
    'Content-Type': PROBLEM_TYPE,
    'Content-Length': String(Buffer.byteLength(text)),
    Connection: 'close',
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 ${body.status} ${body.title}\r\n${lines.join('')}\r\n${text}`, () => socket.destroy())
}
