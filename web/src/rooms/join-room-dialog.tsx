import { useConnection, useParley, useRoom } from '@parley/client/react'
import { type FormEvent, useEffect, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { Button, Dialog, Notice, TextField } from '../ui/index.ts'
import type { RoomDialogProps } from './create-room-dialog.tsx'
import { PinForm } from './pin-form.tsx'

/** Longest code. */
const MAX_CODE = 64

/** Enters a room by its code, and its PIN if it has one. */
export function JoinRoomDialog({ isOpen, onClose }: RoomDialogProps) {
  const { t } = useTranslation('room')
  const parley = useParley()
  const [code, setCode] = useState<string | null>(null)
  const close = () => {
    onClose()
    setCode(null)
  }
  const giveUp = () => {
    const room = code === null ? null : parley.room(code)
    if (room !== null && room.view.get().state !== 'inside') room.leave()
    close()
  }
  const isAsking = code !== null
  return (
    <Dialog
      isOpen={isOpen}
      onClose={giveUp}
      title={t('join.title')}
      description={isAsking ? undefined : t('join.text')}
    >
      {code === null ? (
        <CodeForm onCode={setCode} />
      ) : (
        <Admission code={code} onBack={() => setCode(null)} onDone={close} />
      )}
    </Dialog>
  )
}

function CodeForm({ onCode }: { readonly onCode: (code: string) => void }) {
  const { t } = useTranslation('room')
  const id = useId()
  const isConnected = useConnection().state === 'connected'
  const [code, setCode] = useState('')
  const [error, setError] = useState<string | null>(null)
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const normal = code.trim().toUpperCase()
    if (normal === '') setError(t('join.codeMissing'))
    else if (normal.length > MAX_CODE) setError(t('join.codeLong'))
    else if (!isConnected) setError(t('join.offline'))
    else onCode(normal)
  }
  return (
    <form id={id} onSubmit={submit} noValidate className="flex flex-col gap-4">
      <TextField
        label={t('join.code')}
        error={error}
        value={code}
        onChange={(value) => {
          setCode(value)
          setError(null)
        }}
        autoComplete="off"
        autoCapitalize="characters"
        spellCheck={false}
        data-testid="room-code-input"
      />
      <Button type="submit" look="primary" isWide>
        {t('join.submit')}
      </Button>
    </form>
  )
}

interface AdmissionProps {
  readonly code: string
  readonly onBack: () => void
  readonly onDone: () => void
}

function Admission({ code, onBack, onDone }: AdmissionProps) {
  const { t } = useTranslation('room')
  const { t: common } = useTranslation('common')
  const navigate = useNavigate()
  const { state, failure, enter, admit } = useRoom(code)
  useEffect(() => enter(), [enter])
  useEffect(() => {
    if (state !== 'inside') return
    onDone()
    void navigate(`/room/${encodeURIComponent(code)}`)
  }, [state, code, navigate, onDone])
  if (state === 'pin') {
    return (
      <div className="flex flex-col gap-3">
        <p className="text-muted">{t('pinText', { code })}</p>
        <PinForm onPin={admit} autoFocus />
      </div>
    )
  }
  const isOver = state === 'refused' && failure?.code === 'NOT_FOUND'
  return (
    <div className="flex flex-col gap-4">
      {state === 'refused' ? (
        <Notice tone="bad" role="alert">
          {isOver ? t('endedText') : failure?.message}
        </Notice>
      ) : (
        <p role="status" className="text-muted">
          {failure === null ? t('entering') : t('enteringFailed', { reason: failure.message })}
        </p>
      )}
      <Button onClick={onBack}>{common('back')}</Button>
    </div>
  )
}
