import { useObservable, useParley } from '@parley/client/react'
import { Phone, Users } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useNavigate, useParams } from 'react-router'
import { useMe } from '../session/index.ts'
import { openDialog } from '../shell/dialogs.ts'
import { PageHeader } from '../shell/page-header.tsx'
import { usePageTitle } from '../shell/page-title.ts'
import { Button, EmptyState, ErrorState, Loading, Skeleton } from '../ui/index.ts'
import { Lobby } from './lobby.tsx'
import { refusalOf } from './refusal.ts'
import { useGroup } from './use-group.ts'

/** The page of a group call's link, for accounts and guests: whether there is such a call, and the way in. */
export function GroupCallPage() {
  const id = useParams()['id'] ?? ''
  return <GroupCall key={id} groupId={id} />
}

function GroupCall({ groupId }: { readonly groupId: string }) {
  const { t } = useTranslation('call')
  const { calls, rest } = useParley()
  const me = useMe()
  const isInside = useObservable(calls.current)?.groupId === groupId
  const { group, retry } = useGroup(rest, groupId, !isInside)
  const name = group.state === 'there' ? group.name : t('group.title')
  usePageTitle(name)
  return (
    <div className="flex h-full min-h-0 flex-col">
      <PageHeader start={<Users size={20} aria-hidden="true" />} title={name} />
      {isInside ? (
        <EmptyState icon={<Phone size={28} aria-hidden="true" />} title={t('group.inside')} />
      ) : group.state === 'loading' ? (
        <LobbyShape />
      ) : group.state === 'gone' ? (
        <Gone />
      ) : group.state === 'failed' ? (
        <ErrorState title={t('group.failed')} text={refusalOf(group.cause, t)} onRetry={retry} />
      ) : (
        <Lobby
          groupId={groupId}
          name={group.name}
          memberCount={group.memberCount}
          me={me}
          onJoin={({ video }) => calls.joinGroup(groupId, { video, username: me.username })}
          sentenceOf={(cause) => refusalOf(cause, t)}
        />
      )}
    </div>
  )
}

function LobbyShape() {
  return (
    <Loading>
      <div className="mx-auto flex h-full max-w-lg flex-col justify-center gap-4 p-4">
        <Skeleton className="mx-auto h-7 w-64 max-w-full" />
        <Skeleton className="aspect-video w-full" />
        <Skeleton className="mx-auto h-9 w-40" />
      </div>
    </Loading>
  )
}

function Gone() {
  const { t } = useTranslation('call')
  const navigate = useNavigate()
  return (
    <EmptyState
      icon={<Users size={28} aria-hidden="true" />}
      title={t('group.gone')}
      text={t('group.goneText')}
      actions={
        <>
          <Button onClick={() => navigate('/')}>{t('group.home')}</Button>
          <Button look="primary" onClick={() => openDialog('new-group-call')}>
            {t('group.new')}
          </Button>
        </>
      }
    />
  )
}
