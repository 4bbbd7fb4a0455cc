import type { MemberJson, MemberProgress, Message } from '@parley/client'

/** How far one member is with one message. */
export interface Reader {
  readonly id: string
  readonly name: string
  readonly avatar: string | null
  readonly state: 'read' | 'delivered' | 'sent'
  /** Epoch ms at which that was heard here; null: before that. */
  readonly at: number | null
}

const RANK = { read: 0, delivered: 1, sent: 2 } as const

const readerOf = (member: MemberJson, progress: MemberProgress | undefined, seq: number): Reader => {
  const { id, username, avatar } = member.user
  const person = { id, name: username, avatar }
  const readSeq = Math.max(member.readSeq, progress?.readSeq ?? 0)
  const deliveredSeq = Math.max(member.deliveredSeq, progress?.deliveredSeq ?? 0)
  // A time belongs to a position: it says nothing of messages that were passed long before it.
  if (readSeq >= seq) return { ...person, state: 'read', at: timeOf(progress, 'readSeq', 'readAt', seq) }
  if (deliveredSeq >= seq)
    return { ...person, state: 'delivered', at: timeOf(progress, 'deliveredSeq', 'deliveredAt', seq) }
  return { ...person, state: 'sent', at: null }
}

const timeOf = (
  progress: MemberProgress | undefined,
  position: 'readSeq' | 'deliveredSeq',
  time: 'readAt' | 'deliveredAt',
  seq: number,
): number | null => (progress !== undefined && progress[position] >= seq ? progress[time] : null)

/** The other members and how far they are with a message: who read it first, then who has it. */
export const readersOf = (
  message: Message,
  members: readonly MemberJson[],
  progress: ReadonlyMap<string, MemberProgress>,
): readonly Reader[] => {
  const { seq } = message
  if (seq === null) return []
  return members
    .filter(({ user }) => user.id !== message.author.id)
    .map((member) => readerOf(member, progress.get(member.user.id), seq))
    .sort((a, b) => RANK[a.state] - RANK[b.state] || a.name.localeCompare(b.name))
}
