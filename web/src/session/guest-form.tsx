import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button, Notice, TextField } from '../ui/index.ts'
import { continueAsGuest } from './session-store.ts'
import { useSubmit } from './use-submit.ts'

export function GuestForm() {
  const { t } = useTranslation('session')
  const [username, setUsername] = useState('')
  const [isTried, setTried] = useState(false)
  const { isBusy, error, onSubmit } = useSubmit(() => {
    setTried(true)
    return username.trim() === '' ? null : continueAsGuest(username.trim())
  })
  return (
    <form className="flex flex-col gap-4" onSubmit={onSubmit} noValidate>
      <p className="text-13 text-muted">{t('guestFor')}</p>
      <TextField
        label={t('username')}
        name="nickname"
        autoComplete="nickname"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={50}
        value={username}
        onChange={setUsername}
        hint={t('guestNameHint')}
        error={isTried && username.trim() === '' ? t('missing.username') : null}
      />
      {error === null ? null : (
        <Notice tone="bad" role="alert">
          {error}
        </Notice>
      )}
      <Button type="submit" look="primary" isWide isBusy={isBusy}>
        {t('submit.guest')}
      </Button>
    </form>
  )
}
