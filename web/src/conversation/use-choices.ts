import type { Conversation } from '@parley/client'
import { useConversations } from '@parley/client/react'
import { useEffect, useMemo, useState } from 'react'
import { type CompletionRequest, matchNames } from './completion.ts'
import { type Emoji, findEmoji, loadEmoji } from './emoji-data.ts'
import { useMembers } from './use-members.ts'

/** One line of the list of completions. */
export interface Choice {
  readonly id: string
  /** Takes the place of what was typed. */
  readonly replacement: string
  readonly name: string
  readonly kind: CompletionRequest['kind']
  /** Before the name: the emoji, or what an avatar needs. */
  readonly sign: string
  readonly avatar: string | null
}

const MOST = 8
const NONE: readonly Choice[] = []

const useLoadedEmoji = (isWanted: boolean): readonly Emoji[] => {
  const [emoji, setEmoji] = useState<readonly Emoji[]>([])
  useEffect(() => {
    if (!isWanted) return
    let isOver = false
    // Without it, the code stays as it was typed.
    loadEmoji()
      .then((all) => isOver || setEmoji(all))
      .catch(() => undefined)
    return () => {
      isOver = true
    }
  }, [isWanted])
  return emoji
}

const emojiChoice = ({ unicode, shortcodes }: Emoji): Choice => ({
  id: unicode,
  replacement: unicode,
  name: `:${shortcodes[0]}:`,
  kind: 'emoji',
  sign: unicode,
  avatar: null,
})

/** What could be meant by the word at the caret. */
export const useChoices = (
  conversation: Conversation,
  request: CompletionRequest | null,
): readonly Choice[] => {
  const { members } = useMembers(conversation, request?.kind === 'person')
  const emoji = useLoadedEmoji(request?.kind === 'emoji')
  const { items } = useConversations()
  const { kind, query } = request ?? { kind: null, query: '' }
  return useMemo(() => {
    if (kind === 'emoji') return findEmoji(emoji, query, MOST).map(emojiChoice)
    if (kind === 'person') {
      const people = members.map(({ user }) => user)
      return matchNames(people, query, ({ username }) => username, MOST).map(({ id, username, avatar }) => ({
        id,
        replacement: `@${username}`,
        name: username,
        kind,
        sign: '@',
        avatar,
      }))
    }
    if (kind !== 'channel') return NONE
    const channels = items.filter((one) => one.kind === 'channel' && /^\S+$/u.test(one.name))
    return matchNames(channels, query, ({ name }) => name, MOST).map(({ id, name }) => ({
      id,
      replacement: `#${name}`,
      name,
      kind,
      sign: '#',
      avatar: null,
    }))
  }, [kind, query, members, emoji, items])
}
