import type { UserJson } from '@parley/client'
import { useConversation, useParley } from '@parley/client/react'
import { useQueryClient } from '@tanstack/react-query'
import { useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button, Dialog, Notice, showToast } from '../ui/index.ts'
import { PeoplePicker } from './people-picker.tsx'
import { useMembers } from './queries.ts'
import { useAttempt } from './use-attempt.ts'
import { useOpening } from './use-opening.ts'

export interface InviteDialogProps {
  readonly conversationId: string
  readonly isOpen: boolean
  readonly onClose: () => void
}

/** Brings people into a channel: they are members at once. */
export function InviteDialog({ conversationId, isOpen, onClose }: InviteDialogProps) {
  const { t } = useTranslation(['channel', 'common'])
  const { rest } = useParley()
  const { summary } = useConversation(conversationId)
  const queries = useQueryClient()
  const { items } = useMembers(conversationId, summary, isOpen)
  const memberIds = useMemo(() => new Set(items.map(({ user }) => user.id)), [items])
  const field = useRef<HTMLInputElement>(null)
  const [picked, setPicked] = useState<readonly UserJson[]>([])
  const { isBusy, error, attempt, clear } = useAttempt()
  useOpening(isOpen, () => {
    setPicked([])
    clear()
  })
  const invite = () =>
    void attempt(async () => {
      const added = await rest.channels.invite(
        conversationId,
        picked.map(({ id }) => id),
      )
      void queries.invalidateQueries({ queryKey: ['members'] })
      onClose()
      showToast(added.length === 0 ? t('invite.nobodyNew') : t('invite.done', { count: added.length }), {
        tone: added.length === 0 ? 'info' : 'good',
      })
    })
  return (
    <Dialog
      isOpen={isOpen}
      onClose={onClose}
      title={t('invite.title')}
      description={t('invite.text', { name: summary?.name ?? '' })}
      initialFocus={field}
      isFlush
      footer={
        <>
          <Button onClick={onClose}>{t('common:cancel')}</Button>
          <Button look="primary" isBusy={isBusy} disabled={picked.length === 0} onClick={invite}>
            {t('invite.submit')}
          </Button>
        </>
      }
    >
      <div className="flex h-[22rem] max-h-full flex-col pt-2">
        {error === null ? null : (
          <div className="px-5 pb-2">
            <Notice tone="bad" role="alert">
              {error}
            </Notice>
          </div>
        )}
        <PeoplePicker
          isWanted={isOpen}
          picked={picked}
          onChange={setPicked}
          members={memberIds}
          inputRef={field}
        />
      </div>
    </Dialog>
  )
}
