import { useParley } from '@parley/client/react'
import { type FormEvent, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { useMe } from '../session/index.ts'
import { groupPath } from '../shell/paths.ts'
import { Button, Checkbox, Dialog, Notice, TextField } from '../ui/index.ts'
import { refusalOf } from './refusal.ts'

const MAX_NAME = 100

export interface NewGroupCallDialogProps {
  readonly isOpen: boolean
  readonly onClose: () => void
}

/** Names a group call, enters it and goes to its page. */
export function NewGroupCallDialog({ isOpen, onClose }: NewGroupCallDialogProps) {
  const { t } = useTranslation(['call', 'common'])
  const { calls } = useParley()
  const me = useMe()
  const navigate = useNavigate()
  const form = useId()
  const [name, setName] = useState('')
  const [video, setVideo] = useState(true)
  const [isNameless, setNameless] = useState(false)
  const [failure, setFailure] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const close = () => {
    setName('')
    setNameless(false)
    setFailure(null)
    onClose()
  }
  const create = async (event: FormEvent) => {
    event.preventDefault()
    setNameless(name.trim() === '')
    if (name.trim() === '' || isBusy) return
    setBusy(true)
    setFailure(null)
    try {
      const call = await calls.createGroup(name.trim(), { username: me.username, video })
      close()
      if (call.groupId !== null) navigate(groupPath(call.groupId))
    } catch (cause) {
      setFailure(refusalOf(cause, t))
    } finally {
      setBusy(false)
    }
  }
  return (
    <Dialog
      isOpen={isOpen}
      onClose={close}
      title={t('create.title')}
      description={t('create.text')}
      footer={
        <>
          <Button onClick={close}>{t('common:cancel')}</Button>
          <Button type="submit" form={form} look="primary" isBusy={isBusy}>
            {t('create.submit')}
          </Button>
        </>
      }
    >
      <form id={form} noValidate onSubmit={(event) => void create(event)} className="flex flex-col gap-4">
        <TextField
          label={t('create.name')}
          value={name}
          onChange={setName}
          maxLength={MAX_NAME}
          error={isNameless ? t('create.nameMissing') : null}
          autoComplete="off"
        />
        <Checkbox label={t('create.camera')} isChecked={video} onChange={setVideo} />
        {failure === null ? null : (
          <Notice tone="bad" role="alert">
            {failure}
          </Notice>
        )}
      </form>
    </Dialog>
  )
}
