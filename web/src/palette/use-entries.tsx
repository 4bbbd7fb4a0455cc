import { Drama } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { roomPath } from '../shell/paths.ts'
import type { Entry, EntryGroup } from './entries.ts'
import { best } from './rank.ts'
import { useCommands } from './use-commands.tsx'
import { useFound } from './use-found.tsx'
import { usePlaces } from './use-places.tsx'

const CODE = /^[A-Z0-9]{8}$/u

/** A code as it is given on, or one with a digit: no word in small letters, such as `settings`. */
const isCode = (typed: string): boolean =>
  CODE.test(typed) || (/\d/u.test(typed) && CODE.test(typed.toUpperCase()))

export interface Entries {
  readonly groups: readonly EntryGroup[]
  /** In the order in which they are shown. */
  readonly flat: readonly Entry[]
  readonly isOffline: boolean
}

/** What fits the typed text, by kind, the best first. */
export function useEntries(typed: string, isOpen: boolean): Entries {
  const { t } = useTranslation('shell')
  const navigate = useNavigate()
  const { conversations, rooms } = usePlaces()
  const commands = useCommands()
  const { people, channels, hasFailed } = useFound(typed, isOpen)
  const nameOf = ({ name }: Entry) => name
  const code = typed.trim().toUpperCase()
  const byCode: readonly Entry[] = isCode(typed.trim())
    ? [
        {
          id: 'room-by-code',
          name: t('palette.roomByCode', { code }),
          start: <Drama size={16} aria-hidden="true" className="text-muted" />,
          run: () => navigate(roomPath(code)),
        },
      ]
    : []
  const groups = [
    { id: 'conversations', entries: best(conversations, typed, nameOf, 7) },
    { id: 'people', entries: people },
    { id: 'channels', entries: channels },
    { id: 'rooms', entries: [...best(rooms, typed, nameOf, 4), ...byCode] },
    { id: 'commands', entries: best(commands, typed, nameOf, typed.trim() === '' ? 20 : 6) },
  ] as const
  const shown = groups
    .filter(({ entries }) => entries.length > 0)
    .map(({ id, entries }) => ({ id, title: t(`palette.${id}`), entries }))
  return { groups: shown, flat: shown.flatMap(({ entries }) => entries), isOffline: hasFailed }
}
