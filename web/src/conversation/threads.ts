import type { Message } from '@parley/client'

/** What the first message of a thread says about its answers. */
export interface ThreadFacts {
  readonly count: number
  /** Epoch ms of the newest answer. */
  readonly lastAt: number
  /** Position of the newest stored answer; 0: none is stored. */
  readonly lastSeq: number
  /** Who answered, oldest first, at most three. */
  readonly people: readonly Message['author'][]
}

/** Answers to answers to answers: more than any client makes. */
const MAX_DEPTH = 8
const MAX_PEOPLE = 3

interface Draft {
  count: number
  lastAt: number
  lastSeq: number
  people: Message['author'][]
}

const isSame = (one: ThreadFacts, other: ThreadFacts): boolean =>
  one.count === other.count &&
  one.lastAt === other.lastAt &&
  one.lastSeq === other.lastSeq &&
  one.people.length === other.people.length &&
  one.people.every(({ id }, index) => id === other.people[index]?.id)

/** The id of the first message of the thread that a message is in; null: it is in none. */
export const rootOf = (message: Message, byId: ReadonlyMap<string, Message>): string | null => {
  let root = message.parentId
  for (let depth = 0; depth < MAX_DEPTH && root !== null; depth += 1) {
    const above: string | null = byId.get(root)?.parentId ?? null
    if (above === null) return root
    root = above
  }
  return root
}

const add = (draft: Draft, message: Message): void => {
  if (message.deletedAt !== null) return
  draft.count += 1
  draft.lastAt = Math.max(draft.lastAt, Date.parse(message.createdAt))
  draft.lastSeq = Math.max(draft.lastSeq, message.seq ?? 0)
  if (draft.people.length < MAX_PEOPLE && !draft.people.some(({ id }) => id === message.author.id))
    draft.people.push(message.author)
}

/**
 * The threads of a list by the id of their first message. Facts that did not change are the object of `previous`, so that
 * the rows that show them need not render again.
 */
export const threadsOf = (
  items: readonly Message[],
  previous: ReadonlyMap<string, ThreadFacts> = new Map(),
): ReadonlyMap<string, ThreadFacts> => {
  const answers = items.filter(({ parentId }) => parentId !== null)
  if (answers.length === 0) return previous.size === 0 ? previous : new Map()
  const byId = new Map(answers.flatMap((message) => (message.id === null ? [] : [[message.id, message]])))
  const drafts = new Map<string, Draft>()
  for (const message of answers) {
    const root = rootOf(message, byId)
    if (root === null) continue
    const draft = drafts.get(root) ?? { count: 0, lastAt: 0, lastSeq: 0, people: [] }
    add(draft, message)
    drafts.set(root, draft)
  }
  return new Map(
    [...drafts].map(([root, facts]) => {
      const before = previous.get(root)
      return [root, before !== undefined && isSame(before, facts) ? before : facts]
    }),
  )
}

/** The messages of one thread: the first one, where it is loaded, then its answers. */
export const messagesOfThread = (items: readonly Message[], rootId: string): readonly Message[] => {
  const byId = new Map(
    items.flatMap((message) =>
      message.id === null || message.parentId === null ? [] : [[message.id, message]],
    ),
  )
  return items.filter(
    (message) => message.id === rootId || (message.parentId !== null && rootOf(message, byId) === rootId),
  )
}
