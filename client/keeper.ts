import type { ConversationRecord, Snapshot, UserStorage } from './api/storage.ts'
import type { Environment } from './environment.ts'
import type { LiveConversation } from './live-conversation.ts'

/** Most messages that are kept of one conversation, to be shown before the server is asked. */
const KEPT_MESSAGES = 50
/** Most conversations that are kept: those with the newest activity. */
const KEPT_CONVERSATIONS = 200
/** Changes of so long are written as one (ms). */
const BATCH = 500

/** Keeps the newest of each conversation on this device. What cannot be kept is asked for again: nothing here fails. */
export class Keeper {
  readonly storage: Promise<UserStorage | null>
  readonly #environment: Environment
  readonly #due = new Set<LiveConversation>()
  readonly #kept = new Map<string, number>()
  #epoch: string | null = null
  #cancel: (() => void) | null = null
  #isClosed = false

  constructor(storage: Promise<UserStorage | null>, environment: Environment) {
    this.storage = storage
    this.#environment = environment
  }

  /** Of the store that the positions are from; null: nothing is known. */
  get epoch(): string | null {
    return this.#epoch
  }

  /** What an earlier client of this user left; null: nothing. */
  async load(): Promise<Snapshot | null> {
    try {
      const snapshot = (await (await this.storage)?.kept.load()) ?? null
      if (snapshot === null) return null
      this.#epoch = snapshot.epoch
      for (const { channel, activity } of snapshot.conversations) this.#kept.set(channel.id, activity)
      return snapshot
    } catch {
      return null
    }
  }

  setEpoch(epoch: string): void {
    if (epoch === this.#epoch) return
    this.#epoch = epoch
    void this.#write((storage) => storage.kept.saveEpoch(epoch))
  }

  /** It changed, and is written soon. */
  consider(conversation: LiveConversation): void {
    if (this.#isClosed) return
    this.#due.add(conversation)
    this.#cancel ??= this.#environment.after(BATCH, () => {
      this.#cancel = null
      void this.flush()
    })
  }

  async remove(conversationId: string): Promise<void> {
    this.#kept.delete(conversationId)
    await this.#write((storage) => storage.kept.remove(conversationId))
  }

  /** Writes what is due. */
  async flush(): Promise<void> {
    const due = [...this.#due]
    this.#due.clear()
    for (const conversation of due) {
      const record = recordOf(conversation)
      if (record === null) continue
      this.#kept.set(record.channel.id, record.activity)
      await this.#write((storage) => storage.kept.save(record))
    }
    await this.#forgetOldest()
  }

  async close(forget: boolean): Promise<void> {
    this.#cancel?.()
    this.#cancel = null
    if (!forget) await this.flush()
    this.#isClosed = true
    if (forget) await this.#write((storage) => storage.clear())
    ;(await this.storage)?.close()
  }

  async #forgetOldest(): Promise<void> {
    if (this.#kept.size <= KEPT_CONVERSATIONS) return
    const oldest = [...this.#kept]
      .sort(([, a], [, b]) => a - b)
      .slice(0, this.#kept.size - KEPT_CONVERSATIONS)
    for (const [id] of oldest) await this.remove(id)
  }

  async #write(run: (storage: UserStorage) => Promise<void>): Promise<void> {
    try {
      const storage = await this.storage
      if (storage !== null) await run(storage)
    } catch {
      // A full or closed storage: the server still has it.
    }
  }
}

const recordOf = ({ channel, timeline, revisions, activity }: LiveConversation): ConversationRecord | null =>
  channel === null || channel.role === null
    ? null
    : {
        channel: { ...channel, seq: timeline.head, rev: revisions.known },
        rev: revisions.known,
        messages: timeline.items.slice(-KEPT_MESSAGES),
        activity,
      }
