import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button, Notice, TextField } from '../ui/index.ts'
import { PasswordField } from './password-field.tsx'
import { register } from './session-store.ts'
import { useSubmit } from './use-submit.ts'

export function SignUpForm() {
  const { t } = useTranslation('session')
  const [username, setUsername] = useState('')
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [isTried, setTried] = useState(false)
  const { isBusy, error, onSubmit } = useSubmit(() => {
    setTried(true)
    const account = { username: username.trim(), email: email.trim(), password }
    return Object.values(account).includes('') ? null : register(account)
  })
  return (
    <form className="flex flex-col gap-4" onSubmit={onSubmit} noValidate>
      <TextField
        label={t('username')}
        name="username"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={50}
        value={username}
        onChange={setUsername}
        hint={t('usernameHint')}
        error={isTried && username.trim() === '' ? t('missing.username') : null}
      />
      <TextField
        label={t('email')}
        name="email"
        type="email"
        autoComplete="email"
        value={email}
        onChange={setEmail}
        error={isTried && email.trim() === '' ? t('missing.email') : null}
      />
      <PasswordField
        label={t('password')}
        name="new-password"
        autoComplete="new-password"
        maxLength={128}
        value={password}
        onChange={setPassword}
        hint={t('passwordHint')}
        error={isTried && password === '' ? t('missing.password') : null}
      />
      {error === null ? null : (
        <Notice tone="bad" role="alert">
          {error}
        </Notice>
      )}
      <Button type="submit" look="primary" isWide isBusy={isBusy}>
        {t('submit.signUp')}
      </Button>
    </form>
  )
}
