import { useConnection, useObservable, useParley, useRoom } from '@parley/client/react'
import { MessagesSquare } from 'lucide-react'
import { useCallback, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate, useParams } from 'react-router'
import { RightPanel, usePageTitle, usePanel } from '../shell/index.ts'
import { EmptyState } from '../ui/index.ts'
import { CopyButton } from './copy-button.tsx'
import { LeaveRoomDialog } from './leave-room-dialog.tsx'
import { RoomComposer } from './room-composer.tsx'
import { RoomGate } from './room-gate.tsx'
import { NotKeptLine, RoomHeader } from './room-header.tsx'
import { RoomLog } from './room-log.tsx'
import { RoomMembers } from './room-members.tsx'
import { forgetRoom, markSeen, ownRooms, rememberRoom } from './rooms-store.ts'
import { TypingLine } from './typing-line.tsx'
import { type RoomInfo, useRoomInfo } from './use-room-info.ts'

/** `/room/:code`. Whoever opens it enters; leaving is a button, never a look elsewhere. */
export function RoomPage() {
  const { code = '' } = useParams()
  const normal = code.trim().toUpperCase()
  // Another room is another page: its text, its scroll position, its panel.
  return <OneRoom key={normal} code={normal} />
}

type Shown = ReturnType<typeof useRoom>

function OneRoom({ code }: { readonly code: string }) {
  const room = useRoom(code)
  const { state, members, enter } = room
  const { t } = useTranslation('room')
  const ownId = useObservable(useParley().me)?.id ?? ''
  const info = useRoomInfo(code, state === 'inside')
  const { panel, open, close } = usePanel()
  const [isLeaving, setLeaving] = useState(false)
  const leave = useLeave(room)
  // What was said stays in sight while a break lasts.
  const isThere = state === 'inside' || (state === 'entering' && members.length > 0)
  const areMembersShown = isThere && panel?.kind === 'members'
  usePageTitle(info.name ?? t('roomWithCode', { code }))
  useVisit(room, ownId, isThere)
  return (
    <section data-surface="whisper" data-testid="room" className="flex h-full min-h-0 min-w-0">
      <div className="flex min-w-0 flex-1 flex-col">
        <RoomHeader
          code={code}
          info={info}
          memberCount={isThere ? members.length : null}
          areMembersShown={areMembersShown}
          onMembers={areMembersShown ? close : () => open({ kind: 'members' })}
          onLeave={() => setLeaving(true)}
        />
        <NotKeptLine isOpen={info.isOpen} />
        {isThere ? (
          <Inside room={room} info={info} ownId={ownId} />
        ) : (
          <RoomGate
            code={code}
            state={state}
            failure={room.failure}
            onPin={room.admit}
            onEnter={enter}
            onForget={leave}
          />
        )}
      </div>
      <RightPanel label={t('members')}>
        {areMembersShown ? <RoomMembers members={members} ownId={ownId} onClose={close} /> : null}
      </RightPanel>
      <LeaveRoomDialog
        isOpen={isLeaving}
        isLast={members.length <= 1}
        onClose={() => setLeaving(false)}
        onLeave={leave}
      />
    </section>
  )
}

/** Enters, puts the room on the list, and has seen what is there. */
function useVisit({ code, messages, enter }: Shown, ownId: string, isThere: boolean): void {
  useEffect(() => enter(), [enter])
  useEffect(() => {
    if (ownId === '' || !isThere) return
    ownRooms(ownId)
    rememberRoom(code)
  }, [ownId, code, isThere])
  const lastKey = messages.at(-1)?.key
  useEffect(() => {
    if (lastKey !== undefined) markSeen(code, lastKey)
  }, [code, lastKey])
}

/** Out of the room, off the list, and away from the page. */
function useLeave({ code, leave }: Shown): () => void {
  const navigate = useNavigate()
  return () => {
    forgetRoom(code)
    leave()
    void navigate('/')
  }
}

interface InsideProps {
  readonly room: Shown
  readonly info: RoomInfo
  readonly ownId: string
}

function Inside({ room, info, ownId }: InsideProps) {
  const { t } = useTranslation('room')
  const { code, state, messages, typing, failure, retry, send, keystroke, stopTyping } = room
  const isConnected = useConnection().state === 'connected'
  const waitsFor = !isConnected ? t('waitOffline') : state === 'inside' ? null : t('waitEntering')
  const onRetry = useCallback((key: string) => retry(key), [retry])
  const again = failure === null ? t('enteringAgain') : t('enteringFailed', { reason: failure.message })
  return (
    <>
      <RoomLog messages={messages} onRetry={onRetry} empty={<Empty code={code} isOpen={info.isOpen} />} />
      <p role="status" className="shrink-0 px-4 text-13 text-warn empty:hidden">
        {state === 'inside' ? null : again}
      </p>
      <TypingLine typing={typing} />
      <RoomComposer
        userId={ownId}
        code={code}
        name={info.name ?? code}
        waitsFor={waitsFor}
        onSend={send}
        onKeystroke={keystroke}
        onStopTyping={stopTyping}
      />
    </>
  )
}

function Empty({ code, isOpen }: { readonly code: string; readonly isOpen: boolean }) {
  const { t } = useTranslation('room')
  const link = `${location.origin}/room/${encodeURIComponent(code)}`
  return (
    <EmptyState
      icon={<MessagesSquare size={28} />}
      title={t('emptyTitle')}
      text={isOpen ? t('emptyOpenText', { code }) : t('emptyText', { code })}
      actions={
        <>
          <CopyButton text={code} label={t('copyCode')} />
          <CopyButton text={link} label={t('copyLink')} />
        </>
      }
    />
  )
}
