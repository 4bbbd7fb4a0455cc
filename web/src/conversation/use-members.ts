import type { Conversation, MemberJson } from '@parley/client'
import { useEffect, useState } from 'react'

/** Pages of members that are read: completion and "read by" need the names, not everybody of a town. */
const MOST_PAGES = 6
/** How long what was read stands for those who ask again (ms). */
const FRESH = 30_000

export interface Members {
  readonly state: 'loading' | 'ready' | 'failed'
  readonly members: readonly MemberJson[]
  /** There are more than were read. */
  readonly isCut: boolean
}

const LOADING: Members = { state: 'loading', members: [], isCut: false }

interface Kept {
  readonly at: number
  readonly answer: Promise<Members>
}

const kept = new WeakMap<Conversation, Kept>()

const read = async (conversation: Conversation): Promise<Members> => {
  const members: MemberJson[] = []
  let cursor: string | undefined
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await conversation.members(cursor)
    members.push(...answer.members)
    if (answer.nextCursor === null) return { state: 'ready', members, isCut: false }
    cursor = answer.nextCursor
  }
  return { state: 'ready', members, isCut: true }
}

/** Members of a conversation, read once for everybody who asks within half a minute. */
export const loadMembers = (conversation: Conversation): Promise<Members> => {
  const known = kept.get(conversation)
  if (known !== undefined && Date.now() - known.at < FRESH) return known.answer
  const answer = read(conversation)
  kept.set(conversation, { at: Date.now(), answer })
  answer.catch(() => kept.delete(conversation))
  return answer
}

/** Members, once `isWanted`. */
export const useMembers = (conversation: Conversation, isWanted = true): Members => {
  const [members, setMembers] = useState<Members>(LOADING)
  useEffect(() => {
    if (!isWanted) return
    let isOver = false
    loadMembers(conversation).then(
      (answer) => isOver || setMembers(answer),
      () => isOver || setMembers({ ...LOADING, state: 'failed' }),
    )
    return () => {
      isOver = true
    }
  }, [conversation, isWanted])
  return members
}
