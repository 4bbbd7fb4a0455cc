import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button, Notice, TextField } from '../ui/index.ts'
import { PasswordField } from './password-field.tsx'
import { signIn } from './session-store.ts'
import { useSubmit } from './use-submit.ts'

export function SignInForm() {
  const { t } = useTranslation('session')
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const [isTried, setTried] = useState(false)
  const { isBusy, error, onSubmit } = useSubmit(() => {
    setTried(true)
    return name.trim() === '' || password === '' ? null : signIn(name.trim(), password)
  })
  return (
    <form className="flex flex-col gap-4" onSubmit={onSubmit} noValidate>
      <TextField
        label={t('name')}
        name="username"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        value={name}
        onChange={setName}
        error={isTried && name.trim() === '' ? t('missing.name') : null}
      />
      <PasswordField
        label={t('password')}
        name="password"
        autoComplete="current-password"
        value={password}
        onChange={setPassword}
        error={isTried && password === '' ? t('missing.password') : null}
      />
      {error === null ? null : (
        <Notice tone="bad" role="alert">
          {error}
        </Notice>
      )}
      <Button type="submit" look="primary" isWide isBusy={isBusy}>
        {t('submit.signIn')}
      </Button>
    </form>
  )
}
