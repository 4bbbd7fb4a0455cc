import type { ConversationSummary } from '@parley/client'
import { useConversation, useParley } from '@parley/client/react'
import { Archive, ArchiveRestore, LogOut } from 'lucide-react'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { Button, ConfirmDialog, Dialog, Notice, Switch, showToast, TextField } from '../ui/index.ts'
import { MAX_CHANNEL_NAME } from './names.ts'
import { HOME_PATH } from './paths.ts'
import { mayGovern, mayRename } from './roles.ts'
import { useAttempt } from './use-attempt.ts'
import { useOpening } from './use-opening.ts'

export interface ChannelSettingsProps {
  readonly conversationId: string
  readonly isOpen: boolean
  readonly onClose: () => void
}

/** Name, who may see it, archive and leave: what one's own role allows. */
export function ChannelSettings({ conversationId, isOpen, onClose }: ChannelSettingsProps) {
  const { t } = useTranslation('channel')
  const { summary } = useConversation(conversationId)
  return (
    <Dialog isOpen={isOpen && summary !== null} onClose={onClose} title={t('settings.title')}>
      {summary === null ? null : (
        <div className="flex flex-col gap-4">
          {summary.archivedAt === null ? null : <Notice>{t('settings.isArchived')}</Notice>}
          <NameForm summary={summary} isOpen={isOpen} />
          <Privacy summary={summary} />
          <div className="flex flex-wrap gap-2 border-t pt-4">
            <ArchiveButton summary={summary} />
            {summary.role === null ? null : <LeaveButton summary={summary} onLeft={onClose} />}
          </div>
        </div>
      )}
    </Dialog>
  )
}

interface PartProps {
  readonly summary: ConversationSummary
}

function NameForm({ summary, isOpen }: PartProps & { readonly isOpen: boolean }) {
  const { t } = useTranslation(['channel', 'common'])
  const { rest } = useParley()
  const [name, setName] = useState(summary.name)
  const { isBusy, error, attempt, clear } = useAttempt()
  useOpening(isOpen, () => {
    setName(summary.name)
    clear()
  })
  const wanted = name.trim()
  const save = (event: FormEvent) => {
    event.preventDefault()
    if (wanted === '' || wanted === summary.name) return
    void attempt(async () => {
      await rest.channels.update(summary.id, { name: wanted })
      showToast(t('settings.renamed'), { tone: 'good' })
    })
  }
  return (
    <form onSubmit={save} className="flex items-end gap-2">
      <TextField
        label={t('create.name')}
        value={name}
        onChange={setName}
        maxLength={MAX_CHANNEL_NAME}
        autoComplete="off"
        disabled={!mayRename(summary.role)}
        error={error}
        className="flex-1"
      />
      {mayRename(summary.role) ? (
        <Button
          type="submit"
          look="primary"
          isBusy={isBusy}
          disabled={wanted === '' || wanted === summary.name}
          className={error === null ? undefined : 'mb-6'}
        >
          {t('common:save')}
        </Button>
      ) : null}
    </form>
  )
}

function Privacy({ summary }: PartProps) {
  const { t } = useTranslation('channel')
  const { rest } = useParley()
  const { isBusy, error, attempt } = useAttempt()
  const [isAsked, setAsked] = useState(false)
  const set = (isPrivate: boolean) => rest.channels.update(summary.id, { isPrivate }).then(() => undefined)
  return (
    <div>
      <Switch
        label={t('private.label')}
        hint={summary.isPrivate ? t('private.on') : t('private.off')}
        isOn={summary.isPrivate}
        isDisabled={!mayGovern(summary.role) || isBusy}
        // Everybody can read what was said once it is public: asked twice.
        onChange={(isPrivate) => (isPrivate ? void attempt(() => set(true)) : setAsked(true))}
      />
      <p role="alert" className="text-13 text-bad empty:hidden">
        {error}
      </p>
      <ConfirmDialog
        isOpen={isAsked}
        onClose={() => setAsked(false)}
        title={t('publish.title')}
        text={t('publish.text')}
        confirmLabel={t('publish.submit')}
        onConfirm={() => set(false)}
      />
    </div>
  )
}

function ArchiveButton({ summary }: PartProps) {
  const { t } = useTranslation('channel')
  const { rest } = useParley()
  const [isAsked, setAsked] = useState(false)
  const { isBusy, error, attempt } = useAttempt()
  if (!mayGovern(summary.role)) return null
  const set = (archived: boolean) => rest.channels.update(summary.id, { archived }).then(() => undefined)
  if (summary.archivedAt !== null)
    return (
      <>
        <Button
          icon={<ArchiveRestore size={16} aria-hidden="true" />}
          isBusy={isBusy}
          onClick={() => void attempt(() => set(false))}
        >
          {t('archive.undo')}
        </Button>
        <p role="alert" className="w-full text-13 text-bad empty:hidden">
          {error}
        </p>
      </>
    )
  return (
    <>
      <Button icon={<Archive size={16} aria-hidden="true" />} onClick={() => setAsked(true)}>
        {t('archive.submit')}
      </Button>
      <ConfirmDialog
        isOpen={isAsked}
        onClose={() => setAsked(false)}
        title={t('archive.title')}
        text={t('archive.text')}
        confirmLabel={t('archive.submit')}
        onConfirm={() => set(true)}
      />
    </>
  )
}

function LeaveButton({ summary, onLeft }: PartProps & { readonly onLeft: () => void }) {
  const { t } = useTranslation('channel')
  const parley = useParley()
  const navigate = useNavigate()
  const [isAsked, setAsked] = useState(false)
  const go = () => {
    onLeft()
    void navigate(HOME_PATH)
  }
  const leave = async () => {
    // The event may be quicker than the answer, and takes this button away.
    const end = parley.on('removed', ({ conversationId }) => {
      if (conversationId === summary.id) go()
    })
    await parley.rest.channels.leave(summary.id).finally(end)
    go()
  }
  return (
    <>
      <Button
        look="quiet"
        className="text-bad!"
        icon={<LogOut size={16} aria-hidden="true" className="directional" />}
        onClick={() => setAsked(true)}
      >
        {t('leave.submit')}
      </Button>
      <ConfirmDialog
        isOpen={isAsked}
        onClose={() => setAsked(false)}
        title={t('leave.title')}
        text={leaveText(summary, t)}
        confirmLabel={t('leave.submit')}
        isDangerous
        onConfirm={leave}
      />
    </>
  )
}

type Translate = ReturnType<typeof useTranslation<'channel'>>['t']

const leaveText = ({ role, isPrivate, memberCount }: ConversationSummary, t: Translate): string => {
  if (memberCount === 1) return t('leave.last')
  if (role === 'owner') return t('leave.asOwner')
  return isPrivate ? t('leave.private') : t('leave.public')
}
