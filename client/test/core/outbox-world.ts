import type { OutboxRecord, UserStorage } from '../../api/storage.ts'
import { Outbox } from '../../outbox.ts'
import { FakeEnvironment } from '../rooms/fake-environment.ts'
import { FakeSocket, settle } from '../rooms/fake-socket.ts'
import { stored } from './stored.ts'

/** Keeps when it is told to. */
class HeldStorage {
  readonly kept = new Map<string, OutboxRecord>()
  isHeld = false
  fails = false
  #waiting: (() => void)[] = []

  readonly outbox: UserStorage['outbox'] = {
    all: async () => [...this.kept.values()],
    put: (record) => this.#when(() => void this.kept.set(record.clientMessageId, record)),
    remove: (id) => this.#when(() => void this.kept.delete(id)),
  }

  async release(): Promise<void> {
    this.isHeld = false
    for (const go of this.#waiting.splice(0)) go()
    await settle()
  }

  async #when(run: () => void): Promise<void> {
    if (this.isHeld) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    if (this.fails) throw new Error('no room')
    run()
  }
}

/** An outbox of which a test is the server, the storage and the clock. */
export const outboxWorld = (earlier: readonly OutboxRecord[] = []) => {
  const environment = new FakeEnvironment()
  const socket = new FakeSocket()
  const storage = new HeldStorage()
  const sure: boolean[] = []
  const changed: string[] = []
  const outbox = new Outbox({
    socket,
    environment,
    storage: Promise.resolve(storage),
    afterKept: (run) => run(),
    onChanged: (channelId) => changed.push(channelId),
    onStored: ({ clientMessageId }, { messageId, seq, rev }, isSure) => {
      sure.push(isSure)
      return stored(seq, { id: messageId, rev, clientMessageId })
    },
  })
  outbox.restore(earlier)
  return {
    ...{ environment, socket, storage, outbox, sure, changed },
    add: (clientMessageId: string, channelId = 'tea') => {
      const sending = outbox.add({
        clientMessageId,
        channelId,
        content: `says ${clientMessageId}`,
        parentId: null,
      })
      sending.catch(() => undefined)
      return sending
    },
    /** Ids on their way, oldest first. */
    asked: () =>
      socket.asked.map(({ argument }) => (argument as { clientMessageId: string }).clientMessageId),
    /** The oldest on its way is stored. */
    async store(seq = 1) {
      socket.take('message:send').resolve({ messageId: `m${seq}`, seq, rev: seq, createdAt: '' })
      await settle()
    },
  }
}

export const record = (
  clientMessageId: string,
  createdAt: number,
  more: Partial<OutboxRecord> = {},
): OutboxRecord => ({
  ...{
    clientMessageId,
    channelId: 'tea',
    content: 'earlier',
    parentId: null,
    createdAt,
    order: 0,
    failure: null,
  },
  ...more,
})
