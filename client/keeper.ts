import type { Snapshot, UserStorage } from './api/storage.ts'
import type { Environment } from './environment.ts'
import type { LiveConversation } from './live-conversation.ts'
import { Timer } from './timer.ts'

/** Most conversations that are kept: those with the newest activity. */
const KEPT_CONVERSATIONS = 200
/** Changes of so long are written as one (ms). */
const BATCH = 500

/** Keeps the newest of each conversation on this device. What cannot be kept is asked for again: nothing here fails. */
export class Keeper {
  readonly #storage: UserStorage
  readonly #timer: Timer
  readonly #due = new Set<LiveConversation>()
  readonly #kept = new Map<string, number>()
  #afterwards: (() => void)[] = []
  #epoch: string | null = null
  #isEpochDue = false
  #flushing: Promise<void> = Promise.resolve()
  #isClosed = false

  constructor(storage: UserStorage, environment: Environment) {
    this.#storage = storage
    this.#timer = new Timer(environment, () => this.flush())
  }

  /** What an earlier client of this user left. */
  async load(): Promise<Snapshot> {
    const snapshot = await this.#storage.kept.load().catch(() => ({ epoch: null, conversations: [] }))
    this.#epoch = snapshot.epoch
    for (const { channel, activity } of snapshot.conversations) this.#kept.set(channel.id, activity)
    return snapshot
  }

  /** Of the store that the positions are from. */
  setEpoch(epoch: string): void {
    if (epoch === this.#epoch) return
    this.#epoch = epoch
    this.#isEpochDue = true
    this.#schedule()
  }

  /** It changed, and is written soon. */
  consider(conversation: LiveConversation): void {
    this.#due.add(conversation)
    this.#schedule()
  }

  /** Runs once what changed up to now is written, or cannot be. */
  afterwards(run: () => void): void {
    this.#afterwards.push(run)
    this.#schedule()
  }

  async remove(conversationId: string): Promise<void> {
    this.#kept.delete(conversationId)
    if (this.#isClosed) return
    await this.#write((kept) => kept.remove(conversationId))
  }

  /** Writes what is due, one batch after the other. */
  flush(): void {
    const records = [...this.#due].map(({ record }) => record).filter((record) => record !== null)
    this.#due.clear()
    const epoch = this.#isEpochDue ? this.#epoch : null
    this.#isEpochDue = false
    const afterwards = this.#afterwards
    this.#afterwards = []
    this.#flushing = this.#flushing.then(async () => {
      for (const record of records) {
        this.#kept.set(record.channel.id, record.activity)
        await this.#write((kept) => kept.save(record))
      }
      await this.#forgetOldest()
      // Last: positions of another store must not be taken for this one's.
      if (epoch !== null) await this.#write((kept) => kept.saveEpoch(epoch))
      for (const run of afterwards) run()
    })
  }

  async close(forget: boolean): Promise<void> {
    this.#timer.cancel()
    if (!forget) this.flush()
    this.#isClosed = true
    await this.#flushing
    if (forget) await this.#storage.clear().catch(() => undefined)
    this.#storage.close()
  }

  #schedule(): void {
    if (!this.#isClosed) this.#timer.set(BATCH)
  }

  async #forgetOldest(): Promise<void> {
    if (this.#kept.size <= KEPT_CONVERSATIONS) return
    const oldest = [...this.#kept]
      .sort(([, a], [, b]) => a - b)
      .slice(0, this.#kept.size - KEPT_CONVERSATIONS)
    for (const [id] of oldest) await this.remove(id)
  }

  async #write(run: (kept: UserStorage['kept']) => Promise<void>): Promise<void> {
    try {
      await run(this.#storage.kept)
    } catch {
      // A full or closed storage: the server still has it.
    }
  }
}
