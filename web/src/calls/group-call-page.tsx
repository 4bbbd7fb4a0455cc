import type { Calls, Rest } from '@parley/client'
import { Phone, Users } from 'lucide-react'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate, useParams } from 'react-router'
import { useSession } from '../session/session-store.ts'
import { openDialog } from '../shell/dialogs.ts'
import { PageHeader } from '../shell/page-header.tsx'
import { usePageTitle } from '../shell/page-title.ts'
import { Button, EmptyState, ErrorState, Loading, Skeleton } from '../ui/index.ts'
import { CallScreen, useCurrentCall } from './call-screen.tsx'
import { guestOfThisPage } from './guest-calls.ts'
import { guestName } from './guest-name.ts'
import { Lobby } from './lobby.tsx'
import { redial } from './redial.ts'
import { refusalOf } from './refusal.ts'
import { useGroup } from './use-group.ts'

/** The page of a group call's link. Who is signed in joins as oneself; anybody else as a guest, without an account. */
export function GroupCallPage() {
  const session = useSession()
  const id = useParams()['id'] ?? ''
  if (session.phase === 'in') {
    const { parley, user } = session
    return <GroupCall key={id} groupId={id} calls={parley.calls} rest={parley.rest} me={user} />
  }
  return <GuestCall key={id} groupId={id} />
}

/** A guest has nothing but this call: it is shown here, and ends with the page. */
function GuestCall({ groupId }: { readonly groupId: string }) {
  const { calls, rest } = guestOfThisPage()
  useEffect(
    () => () => {
      calls.current.get()?.hangUp()
      calls.dismiss()
    },
    [calls],
  )
  return (
    <div className="h-full bg-surface">
      <GroupCall groupId={groupId} calls={calls} rest={rest} me={null} />
      <CallScreen
        calls={calls}
        ownId="guest"
        isAlwaysWhole
        onAgain={(call) => void redial(calls, call, guestName.read()).catch(() => calls.dismiss())}
      />
    </div>
  )
}

interface GroupCallProps {
  readonly groupId: string
  readonly calls: Calls
  readonly rest: Rest
  readonly me: { readonly id: string; readonly username: string } | null
}

function GroupCall({ groupId, calls, rest, me }: GroupCallProps) {
  const { t } = useTranslation('call')
  const { call } = useCurrentCall(calls)
  const isInside = call?.groupId === groupId
  const { group, retry } = useGroup(rest, groupId, !isInside)
  const name = group.state === 'there' ? group.name : t('group.title')
  usePageTitle(name)
  return (
    <div className="flex h-full min-h-0 flex-col">
      {me === null ? null : <PageHeader start={<Users size={20} aria-hidden="true" />} title={name} />}
      {isInside ? (
        <EmptyState icon={<Phone size={28} aria-hidden="true" />} title={t('group.inside')} />
      ) : group.state === 'loading' ? (
        <LobbyShape />
      ) : group.state === 'gone' ? (
        <Gone isGuest={me === null} />
      ) : group.state === 'failed' ? (
        <ErrorState title={t('group.failed')} text={refusalOf(group.cause, t)} onRetry={retry} />
      ) : (
        <Lobby
          groupId={groupId}
          name={group.name}
          memberCount={group.memberCount}
          me={me}
          onJoin={(options) => calls.joinGroup(groupId, options)}
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

function Gone({ isGuest }: { readonly isGuest: boolean }) {
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
          {isGuest ? null : (
            <Button look="primary" onClick={() => openDialog('new-group-call')}>
              {t('group.new')}
            </Button>
          )}
        </>
      }
    />
  )
}
