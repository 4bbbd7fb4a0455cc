import { useParley } from '@parley/client/react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMe } from '../session/index.ts'
import { learn } from '../session/session-store.ts'
import { useSubmit } from '../session/use-submit.ts'
import { Avatar, Button, Notice, showToast, TextField } from '../ui/index.ts'

/** One's name and picture, as the others see them. */
export function ProfileForm() {
  const { t } = useTranslation('shell')
  const { t: common } = useTranslation('common')
  const parley = useParley()
  const me = useMe()
  const [username, setUsername] = useState(me.username)
  const [avatar, setAvatar] = useState(me.avatar ?? '')
  const picture = avatar.trim() === '' ? null : avatar.trim()
  const isPicture = picture === null || /^https:\/\/\S+$/u.test(picture)
  const hasChanged = username.trim() !== me.username || picture !== me.avatar
  const save = async () => {
    const user = await parley.rest.profile.update({
      ...(username.trim() === me.username ? {} : { username: username.trim() }),
      ...(picture === me.avatar ? {} : { avatar: picture }),
    })
    learn({ ...me, username: user.username, avatar: user.avatar })
    showToast(t('settings.saved'), { tone: 'good' })
  }
  const { isBusy, error, onSubmit } = useSubmit(() => (hasChanged && isPicture ? save() : null))
  return (
    <form className="flex flex-col gap-4" onSubmit={onSubmit} noValidate>
      <div className="flex items-start gap-4">
        <Avatar id={me.id} name={username} src={isPicture ? picture : null} size={48} />
        <TextField
          label={t('settings.username')}
          autoComplete="off"
          maxLength={50}
          value={username}
          onChange={setUsername}
          className="flex-1"
        />
      </div>
      <TextField
        label={t('settings.avatar')}
        type="url"
        inputMode="url"
        autoComplete="off"
        maxLength={2_000}
        value={avatar}
        onChange={setAvatar}
        hint={t('settings.avatarHint')}
        error={isPicture ? null : t('settings.avatarWrong')}
      />
      {error === null ? null : (
        <Notice tone="bad" role="alert">
          {error}
        </Notice>
      )}
      {hasChanged ? (
        <Button type="submit" look="primary" isBusy={isBusy} className="self-end">
          {common('save')}
        </Button>
      ) : null}
    </form>
  )
}
