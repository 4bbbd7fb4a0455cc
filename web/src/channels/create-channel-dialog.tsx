import type { UserJson } from '@parley/client'
import { useParley } from '@parley/client/react'
import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { channelPath } from '../shell/index.ts'
import { Button, Dialog, Notice, Switch, TextField } from '../ui/index.ts'
import { MAX_CHANNEL_NAME } from './names.ts'
import { PeoplePicker } from './people-picker.tsx'
import { useAttempt } from './use-attempt.ts'
import { useOpening } from './use-opening.ts'

export interface CreateChannelDialogProps {
  readonly isOpen: boolean
  readonly onClose: () => void
}

interface Draft {
  readonly name: string
  readonly isPrivate: boolean
  readonly members: readonly UserJson[]
}

const EMPTY: Draft = { name: '', isPrivate: false, members: [] }

/** Makes a channel with its first members, then shows it. */
export function CreateChannelDialog({ isOpen, onClose }: CreateChannelDialogProps) {
  const { t } = useTranslation(['channel', 'common'])
  const { rest } = useParley()
  const navigate = useNavigate()
  const queries = useQueryClient()
  const formId = useId()
  const nameField = useRef<HTMLInputElement>(null)
  const [draft, setDraft] = useState(EMPTY)
  const { isBusy, error, attempt, clear } = useAttempt()
  useOpening(isOpen, () => {
    setDraft(EMPTY)
    clear()
  })
  const name = draft.name.trim()
  const create = (event: FormEvent) => {
    event.preventDefault()
    if (name === '') return nameField.current?.focus()
    void attempt(async () => {
      const memberIds = draft.members.map(({ id }) => id)
      const channel = await rest.channels.create({ name, isPrivate: draft.isPrivate, memberIds })
      void queries.invalidateQueries({ queryKey: ['public-channels'] })
      onClose()
      await navigate(channelPath(channel.id))
    })
  }
  return (
    <Dialog
      isOpen={isOpen}
      onClose={onClose}
      title={t('create.title')}
      initialFocus={nameField}
      isFlush
      footer={
        <>
          <Button onClick={onClose}>{t('common:cancel')}</Button>
          <Button look="primary" type="submit" form={formId} isBusy={isBusy} disabled={name === ''}>
            {t('create.submit')}
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={create} className="flex flex-col gap-3 px-5 pt-2 pb-4">
        {error === null ? null : (
          <Notice tone="bad" role="alert">
            {error}
          </Notice>
        )}
        <TextField
          ref={nameField}
          label={t('create.name')}
          value={draft.name}
          onChange={(value) => setDraft({ ...draft, name: value })}
          maxLength={MAX_CHANNEL_NAME}
          autoComplete="off"
          placeholder={t('create.namePlaceholder')}
        />
        <Switch
          label={t('private.label')}
          hint={draft.isPrivate ? t('private.on') : t('private.off')}
          isOn={draft.isPrivate}
          onChange={(isPrivate) => setDraft({ ...draft, isPrivate })}
        />
      </form>
      <h3 className="px-5 pb-2 text-13 font-medium">{t('create.members')}</h3>
      <div className="flex h-[17rem] flex-col">
        <PeoplePicker
          isWanted={isOpen}
          picked={draft.members}
          onChange={(members) => setDraft({ ...draft, members })}
        />
      </div>
    </Dialog>
  )
}
