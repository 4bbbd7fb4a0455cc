import { useConnection } from '@parley/client/react'
import { ChevronsUpDown, Keyboard, LogOut, Settings } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useMe } from '../session/index.ts'
import { Avatar, Menu, MenuItem, MenuSeparator } from '../ui/index.ts'
import { openDialog } from './dialogs.ts'

/** Oneself, at the foot of the sidebar: settings, keys, the way out. */
export function AccountRow() {
  const { t } = useTranslation('shell')
  const { id, username, avatar, isGuest } = useMe()
  const isOnline = useConnection().state === 'connected'
  return (
    <div className="shrink-0 border-t p-2 pb-[max(0.5rem,env(safe-area-inset-bottom))]">
      <Menu
        side="top"
        align="start"
        trigger={
          <button
            type="button"
            aria-label={`${t('account')}: ${username}`}
            className="flex h-11 w-full items-center gap-2.5 rounded-6 px-2 text-start transition-[background-color] hover:bg-hover hover:[--behind:var(--hover)]"
          >
            <Avatar
              id={id}
              name={username}
              src={avatar}
              size={32}
              presence={isOnline ? 'online' : 'offline'}
            />
            <span className="min-w-0 flex-1">
              <span dir="auto" className="block truncate page-start text-15 font-medium">
                {username}
              </span>
              {isGuest ? <span className="block text-12 text-muted">{t('guest')}</span> : null}
            </span>
            <ChevronsUpDown size={16} aria-hidden="true" className="text-muted" />
          </button>
        }
      >
        <MenuItem icon={<Settings size={16} />} shortcut="Mod+," onSelect={() => openDialog('settings')}>
          {t('command.settings')}
        </MenuItem>
        <MenuItem icon={<Keyboard size={16} />} shortcut="?" onSelect={() => openDialog('keys')}>
          {t('command.keys')}
        </MenuItem>
        <MenuSeparator />
        <MenuItem icon={<LogOut size={16} className="directional" />} onSelect={() => openDialog('sign-out')}>
          {t('command.signOut')}
        </MenuItem>
      </Menu>
    </div>
  )
}
