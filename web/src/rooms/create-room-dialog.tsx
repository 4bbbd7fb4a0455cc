import { useParley } from '@parley/client/react'
import { type FormEvent, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { Button, Dialog, sentenceOf, TextField } from '../ui/index.ts'
import { CopyButton } from './copy-button.tsx'
import { PIN, toPin } from './pin.ts'
import { nameRoom } from './rooms-store.ts'

export interface RoomDialogProps {
  readonly isOpen: boolean
  readonly onClose: () => void
}

/** Makes a room with a PIN, shows its code, and enters. */
export function CreateRoomDialog({ isOpen, onClose }: RoomDialogProps) {
  const { t } = useTranslation('room')
  const { t: common } = useTranslation('common')
  const navigate = useNavigate()
  const formId = useId()
  const [code, setCode] = useState<string | null>(null)
  const form = useCreation(setCode)
  const close = () => {
    onClose()
    setCode(null)
  }
  const enter = () => {
    close()
    void navigate(`/room/${encodeURIComponent(code ?? '')}`)
  }
  return (
    <Dialog
      isOpen={isOpen}
      onClose={close}
      title={code === null ? t('create.title') : t('create.doneTitle')}
      description={code === null ? t('create.text') : t('create.doneText')}
      footer={
        code === null ? (
          <>
            <Button onClick={close}>{common('cancel')}</Button>
            <Button type="submit" form={formId} look="primary" isBusy={form.isBusy}>
              {t('create.submit')}
            </Button>
          </>
        ) : (
          // The button that made it is gone, and focus with it.
          <Button look="primary" autoFocus onClick={enter}>
            {t('create.enter')}
          </Button>
        )
      }
    >
      {code === null ? <CreateForm id={formId} form={form} /> : <Created code={code} />}
    </Dialog>
  )
}

function useCreation(onCreated: (code: string) => void) {
  const { t } = useTranslation('room')
  const parley = useParley()
  const [name, setName] = useState('')
  const [pin, setPin] = useState('')
  const [isTried, setTried] = useState(false)
  const [error, setError] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const submit = async () => {
    setTried(true)
    setError(null)
    if (name.trim() === '' || !PIN.test(pin) || isBusy) return
    setBusy(true)
    try {
      const room = await parley.rest.rooms.create({ name: name.trim(), pin })
      nameRoom(room.roomCode, room.roomName)
      setName('')
      setPin('')
      setTried(false)
      onCreated(room.roomCode)
    } catch (cause) {
      setError(sentenceOf(cause, t('refusedTitle')))
    } finally {
      setBusy(false)
    }
  }
  return { name, setName, pin, setPin, isTried, error, isBusy, submit }
}

interface CreateFormProps {
  readonly id: string
  readonly form: ReturnType<typeof useCreation>
}

function CreateForm({ id, form }: CreateFormProps) {
  const { t } = useTranslation('room')
  const onSubmit = (event: FormEvent) => {
    event.preventDefault()
    void form.submit()
  }
  return (
    <form id={id} onSubmit={onSubmit} noValidate className="flex flex-col gap-4">
      <TextField
        label={t('create.name')}
        hint={t('create.nameHint')}
        error={form.isTried && form.name.trim() === '' ? t('create.nameMissing') : null}
        value={form.name}
        onChange={form.setName}
        maxLength={50}
        autoComplete="off"
      />
      <TextField
        label={t('create.pin')}
        hint={t('create.pinHint')}
        error={form.isTried && !PIN.test(form.pin) ? t('create.pinInvalid') : null}
        value={form.pin}
        onChange={(value) => form.setPin(toPin(value))}
        inputMode="numeric"
        autoComplete="off"
      />
      <p role="alert" className="text-13 text-bad empty:hidden">
        {form.error}
      </p>
    </form>
  )
}

function Created({ code }: { readonly code: string }) {
  const { t } = useTranslation('room')
  return (
    <div className="flex flex-wrap items-center justify-between gap-3 rounded-10 border bg-surface p-4">
      <output
        aria-label={t('create.codeLabel')}
        data-testid="created-room-code"
        className="font-mono text-22 font-semibold tracking-widest select-all"
      >
        {code}
      </output>
      <CopyButton text={code} label={t('copyCode')} />
    </div>
  )
}
