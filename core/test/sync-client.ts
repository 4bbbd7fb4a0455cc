import type { ChannelMessageView, Core } from '../index.ts'

interface Known {
  rev: number
  /** What is shown of each message, by id. */
  readonly messages: Map<string, unknown>
}

/** What a client keeps: it puts every answer to `sync` over what it has. */
export class SyncClient {
  readonly state = new Map<string, Known>()
  readonly #core: Core
  readonly #userId: string

  constructor(core: Core, userId: string) {
    this.#core = core
    this.#userId = userId
  }

  async catchUp(): Promise<void> {
    for (let more = true; more; ) {
      const cursors = new Map([...this.state].map(([id, { rev }]) => [id, rev]))
      const answer = await this.#core.sync.since(this.#userId, { cursors })
      more = false
      for (const id of answer.removed) this.state.delete(id)
      for (const channel of answer.channels) {
        if (channel.kind === 'resync') throw new Error('nothing here is too far behind')
        const { id } = channel.view.channel
        const known = this.state.get(id) ?? { rev: 0, messages: new Map() }
        this.state.set(id, known)
        for (const view of channel.changes) known.messages.set(view.message.id, shown(view))
        known.rev = channel.rev
        more ||= channel.more
      }
    }
    for (const known of this.state.values()) sort(known.messages)
  }
}

const shown = ({ message, reactions }: ChannelMessageView): unknown => ({ message, reactions })

const sort = (messages: Map<string, unknown>): void => {
  const entries = [...messages].sort(([a], [b]) => (a < b ? -1 : 1))
  messages.clear()
  for (const [id, message] of entries) messages.set(id, message)
}
