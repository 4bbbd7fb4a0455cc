import type { IncomingHttpHeaders } from 'node:http'
import { request } from 'node:https'
import type { RunningProxy } from './proxy.ts'

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface Ask {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** The address that the proxy sees. */
  readonly localAddress?: string
}

/** One request over a connection of its own. */
export const ask = ({ url, ca }: RunningProxy, path: string, options: Ask = {}): Promise<Answer> => {
  const { body, localAddress, method = 'GET', headers = {} } = options
  return new Promise((resolve, reject) => {
    const sent = request(
      `${url}${path}`,
      { ca, method, headers, agent: false, ...(localAddress === undefined ? {} : { localAddress }) },
      (response) => {
        let text = ''
        response.setEncoding('utf8').on('data', (part: string) => {
          text += part
        })
        response.once('error', reject)
        response.once('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
        )
      },
    )
    sent.once('error', reject)
    sent.end(body)
  })
}
