import type { Core, Sender } from '@parley/core'
import { listedMessages, ownChannel } from '@parley/dialect-channels'
import { Fault } from '@parley/model'
import { ParleyError } from '../../../api/error.ts'
import type { Http, HttpMethod, HttpRequest } from '../../../http.ts'

/** A request that waits: first to be answered by the server, then for its answer to arrive. */
export interface PendingRequest {
  /** Does the next of the two. */
  step(): Promise<void>
  /** The network fails. */
  fail(): void
}

/** The routes that the SDK's core asks, answered by a core. */
export class CoreHttp implements Http {
  readonly pending: PendingRequest[] = []
  readonly #core: () => Core | null
  readonly #user: Sender

  /** `core` null: the server is down. */
  constructor(core: () => Core | null, user: Sender) {
    this.#core = core
    this.#user = user
  }

  request<T>(method: HttpMethod, path: string, request: HttpRequest = {}): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      let answer: { readonly body: unknown } | { readonly error: unknown } | null = null
      const forget = () => void this.pending.splice(this.pending.indexOf(pending), 1)
      const pending: PendingRequest = {
        step: async () => {
          if (answer === null) {
            answer = await this.#answer(method, path, request)
            return
          }
          forget()
          if ('body' in answer) resolve(answer.body as T)
          else reject(answer.error)
        },
        fail: () => {
          forget()
          reject(offline())
        },
      }
      this.pending.push(pending)
    })
  }

  async #answer(method: HttpMethod, path: string, request: HttpRequest) {
    try {
      const core = this.#core()
      if (core === null) return { error: offline() }
      // As JSON would bring it.
      return {
        body: JSON.parse(JSON.stringify(await this.#route(core, `${method} ${path}`, request))) as unknown,
      }
    } catch (error) {
      const fault = error instanceof Fault ? error : new Fault('SERVER_ERROR' as never, String(error))
      return { error: new ParleyError(fault.code, fault.message) }
    }
  }

  async #route({ channels }: Core, route: string, { query, body }: HttpRequest): Promise<unknown> {
    const user = this.#user
    const [, channelId = '', what = ''] = /^GET \/api\/channels\/([^/]+)\/(\w+)$/.exec(route) ?? []
    const limit = Number(query?.['limit'] ?? 50)
    if (route === 'GET /api/channels') {
      const { items } = await channels.list(user.id, { limit })
      return { channels: items.map(ownChannel), nextCursor: null }
    }
    if (what === 'messages') {
      const before = query?.['before'] === undefined ? {} : { before: Number(query['before']) }
      const { items } = await channels.messages(user.id, channelId, { limit, ...before })
      return { messages: await listedMessages(items, user.id), nextCursor: null }
    }
    if (what === 'members') {
      const { items } = await channels.members(user.id, channelId, { limit })
      return { members: items.map(({ cursors, ...member }) => ({ ...member, ...cursors })), nextCursor: null }
    }
    if (route === 'POST /api/channels/direct') {
      const { view } = await channels.openDirect(user, (body as { userId: string }).userId)
      return { channel: ownChannel(view) }
    }
    const [, joined] = /^POST \/api\/channels\/([^/]+)\/join$/.exec(route) ?? []
    if (joined !== undefined) return { channel: ownChannel(await channels.join(user, joined)) }
    throw new Error(`no route ${route}`)
  }
}

const offline = (): ParleyError =>
  new ParleyError('OFFLINE', 'The server cannot be reached', { canRetry: true })
