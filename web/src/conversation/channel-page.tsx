import { type OwnChannelJson, ParleyError } from '@parley/client'
import { useConversation, useConversations, useParley } from '@parley/client/react'
import { useQuery } from '@tanstack/react-query'
import { Hash, SearchX } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Navigate, useLocation, useParams } from 'react-router'
import { useChannelByName } from '../channels/index.ts'
import { useMe } from '../session/index.ts'
import { channelPath, openDialog, PageHeader } from '../shell/index.ts'
import { Button, EmptyState, ErrorState, sentenceOf } from '../ui/index.ts'
import { ConversationView } from './conversation-view.tsx'
import { PageLoading } from './page-loading.tsx'

/** What the server says of channels that one may not know of. */
const NOT_FOR_ME = ['NOT_A_MEMBER', 'NOT_FOUND', 'FORBIDDEN', 'INVALID']

/** A public channel one is not in yet. */
function JoinPlace({ channel }: { readonly channel: OwnChannelJson }) {
  const { t } = useTranslation(['conversation', 'common'])
  const parley = useParley()
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<string | null>(null)
  const join = async () => {
    setBusy(true)
    setError(null)
    try {
      await parley.joinChannel(channel.id)
    } catch (cause) {
      setError(sentenceOf(cause, t('common:error.unknown')))
      setBusy(false)
    }
  }
  const name = channel.name ?? ''
  return (
    <div className="flex h-full min-h-0 flex-col bg-surface">
      <PageHeader title={name} subtitle={t('header.members', { count: channel.memberCount })} />
      <EmptyState
        icon={<Hash size={28} />}
        title={t('join.title', { name })}
        text={
          <>
            {channel.archivedAt === null ? t('join.text') : t('archived.text')}
            <span role="alert" className="mt-2 block text-bad empty:hidden">
              {error}
            </span>
          </>
        }
        actions={
          <Button look="primary" isBusy={isBusy} onClick={() => void join()}>
            {t('join.submit')}
          </Button>
        }
      />
    </div>
  )
}

function MissingPlace() {
  const { t } = useTranslation('conversation')
  const me = useMe()
  return (
    <div className="flex h-full min-h-0 flex-col bg-surface">
      <PageHeader title={t('missing.header')} />
      <EmptyState
        icon={<SearchX size={28} />}
        title={t('missing.title')}
        text={t('missing.text')}
        actions={
          <>
            <Button look="primary" onClick={() => openDialog('browse-channels')}>
              {t('missing.browse')}
            </Button>
            {me.isGuest ? null : (
              <Button onClick={() => openDialog('create-channel')}>{t('missing.create')}</Button>
            )}
          </>
        }
      />
    </div>
  )
}

/** A channel by its id: one's own, or one that could be. */
function ChannelById({ channelId }: { readonly channelId: string }) {
  const { t } = useTranslation('conversation')
  const me = useMe()
  const { rest } = useParley()
  const { conversation, summary } = useConversation(channelId)
  const { state } = useConversations()
  const isOther = summary === null && state === 'ready'
  const found = useQuery({
    queryKey: ['channel', me.id, channelId],
    queryFn: () => rest.channels.get(channelId),
    enabled: isOther,
    staleTime: 0,
    retry: (tries, error) => tries < 1 && !(error instanceof ParleyError && !error.canRetry),
  })
  if (summary !== null) return <ConversationView key={channelId} conversation={conversation} peer={null} />
  if (!isOther || found.isPending) return <PageLoading />
  if (found.data !== undefined && found.data.role === null) return <JoinPlace channel={found.data} />
  // One's own, of which the connection has not told yet.
  if (found.data !== undefined) return <PageLoading />
  if (found.error instanceof ParleyError && NOT_FOR_ME.includes(found.error.code)) return <MissingPlace />
  return (
    <div className="flex h-full min-h-0 flex-col bg-surface">
      <PageHeader title={t('missing.header')} />
      <ErrorState
        title={t('failedOpen.title')}
        text={sentenceOf(found.error, '')}
        onRetry={() => void found.refetch()}
      />
    </div>
  )
}

/** `/chat/channel/:id`: an id, or the name of a channel. */
export function ChannelPage() {
  const { t } = useTranslation('conversation')
  const { id = '' } = useParams()
  const { search } = useLocation()
  const { state, channelId, retry } = useChannelByName(id)
  // From here on by its id: the name may change, and the sidebar marks the address.
  if (channelId !== null && channelId !== id)
    return <Navigate replace to={`${channelPath(channelId)}${search}`} />
  if (channelId !== null) return <ChannelById channelId={channelId} />
  if (state === 'missing') return <MissingPlace />
  if (state === 'loading') return <PageLoading />
  return (
    <div className="flex h-full min-h-0 flex-col bg-surface">
      <PageHeader title={t('missing.header')} />
      <ErrorState title={t('failedOpen.title')} onRetry={retry} />
    </div>
  )
}
