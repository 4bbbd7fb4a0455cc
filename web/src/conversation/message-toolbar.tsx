import type { Message } from '@parley/client'
import { Copy, Ellipsis, Eye, Link, MessageSquareReply, Pencil, SmilePlus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { cx, IconButton, Menu, MenuItem, MenuSeparator } from '../ui/index.ts'
import { useScope } from './conversation-scope.ts'
import { EmojiPopover } from './emoji-popover.tsx'

export interface MessageToolbarProps {
  readonly message: Message
  /** In a thread there is no thread to open. */
  readonly isInThread: boolean
  /** Something that belongs to it is open: it has to stay. */
  readonly onHold: (isHeld: boolean) => void
}

const isEditable = (message: Message): boolean => message.isOwn && message.messageType === 'text'

function MoreMenu({ message, isInThread, onHold }: MessageToolbarProps) {
  const { t } = useTranslation('conversation')
  const { actions, canWrite, canModerate } = useScope()
  const icon = (Icon: typeof Copy) => <Icon size={16} />
  return (
    <Menu
      onOpenChange={onHold}
      trigger={
        <IconButton size="small" label={t('toolbar.more')} icon={<Ellipsis size={16} aria-hidden="true" />} />
      }
    >
      {isInThread || !canWrite ? null : (
        <MenuItem
          icon={icon(MessageSquareReply)}
          onSelect={() => actions.openThread(message.parentId ?? message.id ?? '')}
        >
          {t('toolbar.reply')}
        </MenuItem>
      )}
      <MenuItem icon={icon(Copy)} onSelect={() => actions.copyText(message)}>
        {t('toolbar.copyText')}
      </MenuItem>
      <MenuItem icon={icon(Link)} onSelect={() => actions.copyLink(message)}>
        {t('toolbar.copyLink')}
      </MenuItem>
      <MenuItem icon={icon(Eye)} onSelect={() => actions.openReaders(message)}>
        {t('toolbar.readers')}
      </MenuItem>
      {(message.isOwn || canModerate) && canWrite ? (
        <>
          <MenuSeparator />
          <MenuItem icon={icon(Trash2)} isDangerous onSelect={() => actions.remove(message)}>
            {t('toolbar.delete')}
          </MenuItem>
        </>
      ) : null}
    </Menu>
  )
}

/** What can be done with a message: there while the pointer or the focus is on it. */
export function MessageToolbar({ message, isInThread, onHold }: MessageToolbarProps) {
  const { t } = useTranslation('conversation')
  const { actions, canWrite } = useScope()
  const [isPicking, setPicking] = useState(false)
  const pick = (isOpen: boolean) => {
    setPicking(isOpen)
    onHold(isOpen)
  }
  return (
    <div
      role="toolbar"
      aria-label={t('toolbar.label')}
      className={cx(
        'absolute end-3 -top-3.5 z-10 flex rounded-6 border bg-raised p-0.5 shadow-low',
        'pointer-coarse:gap-2 pointer-coarse:px-1.5',
      )}
    >
      {canWrite ? (
        <EmojiPopover
          isOpen={isPicking}
          onOpenChange={pick}
          onPick={(emoji) => actions.react(message, emoji, true)}
          trigger={
            <IconButton
              size="small"
              label={t('toolbar.react')}
              icon={<SmilePlus size={16} aria-hidden="true" />}
            />
          }
        />
      ) : null}
      {isInThread || !canWrite ? null : (
        <IconButton
          size="small"
          label={t('toolbar.reply')}
          icon={<MessageSquareReply size={16} aria-hidden="true" className="directional" />}
          onClick={() => actions.openThread(message.parentId ?? message.id ?? '')}
        />
      )}
      {isEditable(message) && canWrite ? (
        <IconButton
          size="small"
          label={t('toolbar.edit')}
          icon={<Pencil size={16} aria-hidden="true" />}
          onClick={() => actions.startEditing(message)}
        />
      ) : null}
      <MoreMenu message={message} isInThread={isInThread} onHold={onHold} />
    </div>
  )
}
