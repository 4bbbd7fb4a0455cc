import type { ParleyErrorInfo } from '../api/error.ts'
import type { Me } from '../api/parley.ts'
import type { Whisper } from '../api/room.ts'
import { Value } from '../value.ts'
import type { ServerEvents } from '../wire.ts'

/** Most messages of a room that are in memory. */
export const MAX_WHISPERS = 500
/** Most own messages that may come back before they are acknowledged. */
const MAX_UNCLAIMED = 50

export type NewMessage = ServerEvents['new_message']

/**
 * What was said in a room, in the order in which it was heard here. One's own messages come back from the room like
 * everybody's, before or after the acknowledgement that says which they are.
 */
export class Whispers {
  readonly value = new Value<readonly Whisper[]>([])
  /** Own messages by the server's id, until they come back. */
  readonly #awaited = new Map<string, string>()
  /** Own messages that came back while it was not known which they are. */
  readonly #unclaimed = new Map<string, NewMessage>()
  #unanswered = 0
  #count = 0

  /** Answers with the key of the new message. */
  add(content: string, me: Me, at: number): string {
    this.#count += 1
    const key = `own ${this.#count}`
    this.#append({
      key,
      author: { id: me.id, name: me.username },
      isOwn: true,
      content,
      createdAt: new Date(at).toISOString(),
      status: 'sending',
      failure: null,
    })
    return key
  }

  /** A try is under way. Each must be followed by one of the next two. */
  sending(key: string): void {
    this.#unanswered += 1
    this.#change(key, { status: 'sending', failure: null })
  }

  /** `id`: the server's, from the acknowledgement. */
  sent(key: string, id: string): void {
    this.#change(key, { status: 'sent', failure: null })
    const message = this.#unclaimed.get(id)
    if (message !== undefined) this.#claim(key, message)
    else if (this.find(key) !== undefined) this.#await(id, key)
    this.#answered()
  }

  failed(key: string, failure: ParleyErrorInfo): void {
    this.#change(key, { status: 'failed', failure })
    this.#answered()
  }

  /** The room heard it. */
  heard(message: NewMessage, isOwn: boolean): void {
    const key = this.#awaited.get(message._id)
    if (key !== undefined) this.#claim(key, message)
    else if (isOwn && this.#unanswered > 0) {
      this.#unclaimed.set(message._id, message)
      if (this.#unclaimed.size > MAX_UNCLAIMED) this.#release()
    } else this.#append(toWhisper(message, isOwn))
  }

  /** What did not come back by now will not: the connection broke. */
  interrupted(): void {
    this.#awaited.clear()
  }

  clear(): void {
    this.#awaited.clear()
    this.#unclaimed.clear()
    this.value.set([])
  }

  find(key: string): Whisper | undefined {
    return this.value.get().find((whisper) => whisper.key === key)
  }

  #answered(): void {
    this.#unanswered -= 1
    if (this.#unanswered === 0) this.#release()
  }

  /** Those that nobody here sent: oneself did, elsewhere. */
  #release(): void {
    for (const message of this.#unclaimed.values()) this.#append(toWhisper(message, true))
    this.#unclaimed.clear()
  }

  /** The room may have heard less than was written: what a browser would run is taken out. */
  #claim(key: string, { _id, content, createdAt }: NewMessage): void {
    this.#awaited.delete(_id)
    this.#unclaimed.delete(_id)
    this.#change(key, { content, createdAt, status: 'sent', failure: null })
  }

  #await(id: string, key: string): void {
    this.#awaited.set(id, key)
    const [oldest] = this.#awaited.keys()
    if (this.#awaited.size > MAX_WHISPERS && oldest !== undefined) this.#awaited.delete(oldest)
  }

  #change(key: string, change: Partial<Whisper>): void {
    const index = this.value.get().findIndex((whisper) => whisper.key === key)
    const whisper = this.value.get()[index]
    if (whisper !== undefined) this.value.set(this.value.get().with(index, { ...whisper, ...change }))
  }

  #append(whisper: Whisper): void {
    const all = [...this.value.get(), whisper]
    if (all.length > MAX_WHISPERS) {
      // A flood must not carry off what one wrote and nobody got.
      const oldest = all.findIndex(({ status }) => status === 'sent')
      all.splice(Math.max(oldest, 0), 1)
    }
    this.value.set(all)
  }
}

const toWhisper = ({ _id, sender, content, createdAt }: NewMessage, isOwn: boolean): Whisper => ({
  key: _id,
  author: { id: sender._id, name: sender.username },
  isOwn,
  content,
  createdAt,
  status: 'sent',
  failure: null,
})
