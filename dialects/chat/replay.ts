import type { Core, MessageView } from '@parley/core'
import type { User } from '@parley/model'
import { newMessage } from './codec.ts'
import { type ChatConnection, noteReplayed } from './session.ts'

/** How many waiting messages are read at once: as many as one receipt tells their author of. */
const PAGE = 100
/** How long a failed read waits before it is tried again (ms). */
const RETRY_AFTER = 1_000

/**
 * Sends everything that waited, oldest first, then lets the connection go live. While it runs, live messages are not
 * sent but noted: the store is read again, so nothing is lost, sent twice, or out of order. Paced: it pauses while half
 * of `maxBuffered` bytes are unsent, so that who comes back after a long absence is not cut for being slow.
 */
export const replayWaiting = async (
  core: Core,
  connection: ChatConnection,
  user: User,
  maxBuffered: number,
): Promise<void> => {
  const session = connection.data
  const closed = new Promise<void>((resolve) => connection.onClose(() => resolve()))
  while (connection.isOpen) {
    session.missed = false
    const page = await readWaiting(core, user.id, connection)
    if (page.length > 0) {
      await Promise.race([closed, sendPage(core, connection, user, page, maxBuffered / 2)])
    } else if (!session.missed && session.state === 'replaying') {
      session.state = 'live'
      return
    }
  }
}

/** Empty when nothing waits, or the connection closed. */
const readWaiting = async (
  core: Core,
  userId: string,
  connection: ChatConnection,
): Promise<readonly MessageView[]> => {
  while (connection.isOpen) {
    try {
      return await core.direct.waiting(userId, PAGE)
    } catch (error) {
      core.observer.error('waiting messages not read', error)
      await new Promise<void>((resolve) => core.clock.after(RETRY_AFTER, resolve))
    }
  }
  return []
}

/** Resolves when all of the page was taken and its receipts are stored: the next read then starts behind it. */
const sendPage = async (
  core: Core,
  connection: ChatConnection,
  user: User,
  page: readonly MessageView[],
  pauseAbove: number,
): Promise<void> => {
  const receipts: Promise<void>[] = []
  for (const view of page) {
    if (connection.bufferedBytes > pauseAbove && !(await connection.whenDrained(pauseAbove))) return
    noteReplayed(connection.data, view.message.conversationId, view.message.seq)
    receipts.push(
      new Promise((resolve) => {
        connection.send(newMessage(view), () =>
          resolve(core.receipts.delivered(user, view.message.conversationId, view.message.seq)),
        )
      }),
    )
  }
  await Promise.all(receipts)
}
