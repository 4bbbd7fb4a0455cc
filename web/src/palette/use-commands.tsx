import {
  Drama,
  Hash,
  Keyboard,
  LogIn,
  LogOut,
  type LucideIcon,
  MessageCircle,
  MessageSquareText,
  Monitor,
  Moon,
  Search,
  Settings,
  Sun,
  Video,
} from 'lucide-react'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useMe } from '../session/index.ts'
import { setTheme, useSettings } from '../settings/index.ts'
import { type DialogName, openDialog } from '../shell/dialogs.ts'
import { usePanel } from '../shell/panel.ts'
import { Shortcut } from '../ui/index.ts'
import type { Entry } from './entries.ts'

const icon = (Icon: LucideIcon) => <Icon size={16} aria-hidden="true" className="text-muted" />

interface Command {
  readonly words:
    | 'newDirect'
    | 'createChannel'
    | 'browseChannels'
    | 'createRoom'
    | 'joinRoom'
    | 'newGroupCall'
    | 'settings'
    | 'keys'
    | 'signOut'
  readonly Icon: LucideIcon
  readonly dialog: DialogName
  readonly keys?: string
  /** What a guest may not. */
  readonly isForAccounts?: boolean
}

const COMMANDS: readonly Command[] = [
  { words: 'newDirect', Icon: MessageCircle, dialog: 'new-direct', isForAccounts: true },
  { words: 'browseChannels', Icon: Search, dialog: 'browse-channels' },
  { words: 'createChannel', Icon: Hash, dialog: 'create-channel', isForAccounts: true },
  { words: 'joinRoom', Icon: LogIn, dialog: 'join-room' },
  { words: 'createRoom', Icon: Drama, dialog: 'create-room' },
  { words: 'newGroupCall', Icon: Video, dialog: 'new-group-call' },
  { words: 'settings', Icon: Settings, dialog: 'settings', keys: 'Mod+,' },
  { words: 'keys', Icon: Keyboard, dialog: 'keys', keys: '?' },
  { words: 'signOut', Icon: LogOut, dialog: 'sign-out' },
]

const THEMES = [
  { theme: 'light', words: 'themeLight', Icon: Sun },
  { theme: 'dark', words: 'themeDark', Icon: Moon },
  { theme: 'system', words: 'themeSystem', Icon: Monitor },
] as const

/** Everything that can be done from anywhere. */
export function useCommands(): readonly Entry[] {
  const { t } = useTranslation('shell')
  const { isGuest } = useMe()
  const now = useSettings(({ theme }) => theme)
  const { open: openPanel } = usePanel()
  return useMemo(
    () => [
      {
        id: 'command-search',
        name: t('command.searchMessages'),
        start: icon(MessageSquareText),
        run: () => openPanel({ kind: 'search' }),
      },
      ...COMMANDS.filter(({ isForAccounts }) => !isGuest || isForAccounts !== true).map(
        ({ words, Icon, dialog, keys }): Entry => ({
          id: `command-${words}`,
          name: t(`command.${words}`),
          start: icon(Icon),
          end: keys === undefined ? undefined : <Shortcut keys={keys} />,
          run: () => openDialog(dialog),
        }),
      ),
      ...THEMES.filter(({ theme }) => theme !== now).map(
        ({ theme, words, Icon }): Entry => ({
          id: `theme-${theme}`,
          name: t(`command.${words}`),
          start: icon(Icon),
          run: () => setTheme(theme),
        }),
      ),
    ],
    [t, isGuest, now, openPanel],
  )
}
