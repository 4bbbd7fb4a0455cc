import type { ParleyErrorInfo, RoomState } from '@parley/client'
import { DoorClosed, DoorOpen, KeyRound } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Button, EmptyState, Loading, Skeleton } from '../ui/index.ts'
import { PinForm } from './pin-form.tsx'

export interface RoomGateProps {
  readonly code: string
  readonly state: RoomState
  readonly failure: ParleyErrorInfo | null
  readonly onPin: (pin: string) => Promise<void>
  readonly onEnter: () => void
  readonly onForget: () => void
}

/** What stands in the place of a room that one is not in. */
export function RoomGate(props: RoomGateProps) {
  const { t } = useTranslation('room')
  switch (props.state) {
    case 'pin':
      return (
        <Centred
          icon={<KeyRound size={26} />}
          title={t('pinTitle')}
          text={t('pinText', { code: props.code })}
        >
          <PinForm onPin={props.onPin} autoFocus />
        </Centred>
      )
    case 'refused':
      return <Refused {...props} />
    case 'outside':
      return (
        <EmptyState
          icon={<DoorOpen size={28} />}
          title={t('outsideTitle')}
          text={t('outsideText')}
          actions={
            <>
              <Button onClick={props.onForget}>{t('forget')}</Button>
              <Button look="primary" onClick={props.onEnter}>
                {t('enterAgain')}
              </Button>
            </>
          }
        />
      )
    default:
      return <Entering />
  }
}

function Refused({ failure, onEnter, onForget }: RoomGateProps) {
  const { t } = useTranslation('room')
  const isOver = failure?.code === 'NOT_FOUND'
  const isFull = failure?.code === 'LIMIT_REACHED'
  return (
    <div role="alert" className="flex min-h-0 flex-1 flex-col">
      <EmptyState
        icon={<DoorClosed size={28} />}
        title={isOver ? t('endedTitle') : isFull ? t('fullTitle') : t('refusedTitle')}
        text={isOver ? t('endedText') : failure?.message}
        actions={
          <>
            <Button onClick={onForget}>{t('forget')}</Button>
            {isOver ? null : <Button onClick={onEnter}>{t('tryAgain')}</Button>}
          </>
        }
      />
    </div>
  )
}

function Entering() {
  const { t } = useTranslation('room')
  return (
    <Loading label={t('entering')} className="flex flex-1 flex-col justify-end gap-4 p-4">
      {['w-2/5', 'w-3/5', 'w-1/3'].map((width) => (
        <div key={width} className="flex gap-3 pb-4">
          <Skeleton className="size-8 shrink-0 rounded-full" />
          <div className="flex flex-1 flex-col gap-2 pt-1">
            <Skeleton className="h-3 w-24" />
            <Skeleton className={`h-3 ${width}`} />
          </div>
        </div>
      ))}
    </Loading>
  )
}

interface CentredProps {
  readonly icon: ReactNode
  readonly title: string
  readonly text: string
  readonly children: ReactNode
}

function Centred({ icon, title, text, children }: CentredProps) {
  return (
    <div className="flex min-h-0 flex-1 flex-col items-center overflow-y-auto p-6">
      <div className="m-auto flex w-full max-w-xs flex-col items-center gap-3">
        <span
          aria-hidden="true"
          className="flex size-14 items-center justify-center rounded-full bg-accent-soft text-accent"
        >
          {icon}
        </span>
        <h2 className="breakable text-center text-18 font-semibold">{title}</h2>
        <p className="breakable text-center text-muted">{text}</p>
        <div className="mt-2 w-full">{children}</div>
      </div>
    </div>
  )
}
