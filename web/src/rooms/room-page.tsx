import { useConnection, useObservable, useParley, useRoom } from '@parley/client/react'
import { MessagesSquare } from 'lucide-react'
import { useCallback, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate, useParams } from 'react-router'
import { EmptyState } from '../ui/index.ts'
import { CopyButton } from './copy-button.tsx'
import { LeaveRoomDialog } from './leave-room-dialog.tsx'
import { forgetRoom, markSeen, ownRooms, rememberRoom } from './open-rooms.ts'
import { RoomComposer } from './room-composer.tsx'
import { RoomGate } from './room-gate.tsx'
import { NotKeptLine, RoomHeader } from './room-header.tsx'
import { RoomLog } from './room-log.tsx'
import { RoomMembers } from './room-members.tsx'
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
  const { enter, leave } = room
  const { state } = room
  const ownId = useObservable(useParley().me)?.id ?? null
  const info = useRoomInfo(code, state === 'inside')
  const navigate = useNavigate()
  const [areMembersShown, setMembersShown] = useState(false)
  const [isLeaving, setLeaving] = useState(false)
  // What was said stays in sight while a break lasts.
  const isThere = state === 'inside' || (state === 'entering' && room.members.length > 0)

  useEffect(() => enter(), [enter])
  useEffect(() => {
    if (ownId === null || !isThere) return
    ownRooms(ownId)
    rememberRoom(code)
  }, [ownId, code, isThere])
  const lastKey = room.messages.at(-1)?.key
  useEffect(() => {
    if (lastKey !== undefined) markSeen(code, lastKey)
  }, [code, lastKey])

  const go = () => {
    forgetRoom(code)
    leave()
    void navigate('/')
  }
  return (
    <section
      data-surface="whisper"
      data-testid="room"
      className="flex h-full min-h-0 min-w-0 flex-1 flex-col"
    >
      <RoomHeader
        code={code}
        info={info}
        memberCount={isThere ? room.members.length : null}
        areMembersShown={areMembersShown}
        onMembers={() => setMembersShown(!areMembersShown)}
        onLeave={() => setLeaving(true)}
      />
      <NotKeptLine isOpen={info.isOpen} />
      {isThere ? (
        <div className="relative flex min-h-0 flex-1">
          <Inside room={room} info={info} ownId={ownId ?? ''} />
          {areMembersShown ? (
            <RoomMembers members={room.members} ownId={ownId ?? ''} onClose={() => setMembersShown(false)} />
          ) : null}
        </div>
      ) : (
        <RoomGate
          code={code}
          state={state}
          failure={room.failure}
          onPin={room.admit}
          onEnter={enter}
          onForget={go}
        />
      )}
      <LeaveRoomDialog
        isOpen={isLeaving}
        isLast={room.members.length <= 1}
        onClose={() => setLeaving(false)}
        onLeave={go}
      />
    </section>
  )
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
    <div className="flex min-w-0 flex-1 flex-col">
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
    </div>
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
