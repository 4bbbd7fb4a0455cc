import type { OwnChannelJson } from '@parley/client'
import { useParley } from '@parley/client/react'
import { useQueryClient } from '@tanstack/react-query'
import { Hash } from 'lucide-react'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { useMe } from '../session/index.ts'
import { channelPath, openDialog } from '../shell/index.ts'
import { Button, Dialog, Notice } from '../ui/index.ts'
import { PickList } from './pick-list.tsx'
import { usePublicChannels } from './queries.ts'
import { useAttempt } from './use-attempt.ts'
import { useOpening } from './use-opening.ts'

export interface BrowseChannelsDialogProps {
  readonly isOpen: boolean
  readonly onClose: () => void
}

/** Public channels by name; a press or Enter joins, or opens one's own. */
export function BrowseChannelsDialog({ isOpen, onClose }: BrowseChannelsDialogProps) {
  const { t } = useTranslation('channel')
  const parley = useParley()
  const { isGuest } = useMe()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const field = useRef<HTMLInputElement>(null)
  const [search, setSearch] = useState('')
  const found = usePublicChannels(search, isOpen)
  const { error, attempt, clear } = useAttempt()
  useOpening(isOpen, () => {
    setSearch('')
    clear()
    void queries.invalidateQueries({ queryKey: ['public-channels'] })
  })
  const enter = (channel: OwnChannelJson) =>
    void attempt(async () => {
      if (channel.role === null) await parley.joinChannel(channel.id)
      onClose()
      await navigate(channelPath(channel.id))
    })
  return (
    <Dialog
      isOpen={isOpen}
      onClose={onClose}
      title={t('browse.title')}
      size="medium"
      initialFocus={field}
      isFlush
      {...(isGuest
        ? {}
        : { footer: <Button onClick={() => openDialog('create-channel')}>{t('create.title')}</Button> })}
    >
      <div className="flex h-[26rem] max-h-full flex-col pt-2">
        {error === null ? null : (
          <div className="px-5 pb-2">
            <Notice tone="bad" role="alert">
              {error}
            </Notice>
          </div>
        )}
        <PickList
          label={t('browse.label')}
          placeholder={t('browse.placeholder')}
          search={search}
          onSearch={setSearch}
          found={found}
          keyOf={({ id }) => id}
          onPick={enter}
          empty={search.trim() === '' ? t('browse.empty') : t('browse.none', { name: search.trim() })}
          failure={t('browse.failed')}
          inputRef={field}
          className="flex-1"
        >
          {(channel) => <ChannelRow channel={channel} />}
        </PickList>
      </div>
    </Dialog>
  )
}

function ChannelRow({ channel }: { readonly channel: OwnChannelJson }) {
  const { t } = useTranslation('channel')
  return (
    <>
      <Hash size={16} aria-hidden="true" className="shrink-0 text-muted" />
      <span className="min-w-0 flex-1">
        <span className="block truncate page-start" dir="auto">
          {channel.name}
        </span>
        <span className="figures block text-13 text-muted">
          {t('memberCount', { count: channel.memberCount })}
        </span>
      </span>
      {/* The row is what is pressed; this only says what that does. */}
      <span className={channel.role === null ? 'text-13 font-medium text-accent' : 'text-13 text-muted'}>
        {channel.role === null ? t('browse.join') : t('browse.joined')}
      </span>
    </>
  )
}
