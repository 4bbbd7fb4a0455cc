import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLocation } from 'react-router'
import { Notice, Segmented } from '../ui/index.ts'
import { GuestForm } from './guest-form.tsx'
import { Mark } from './mark.tsx'
import { SignInForm } from './sign-in-form.tsx'
import { SignUpForm } from './sign-up-form.tsx'

type Mode = 'signIn' | 'signUp' | 'guest'

const FORMS = { signIn: SignInForm, signUp: SignUpForm, guest: GuestForm } as const

/** Where a shared link leads: a guest can go there. */
const inviteOf = (path: string): 'invitedToCall' | 'invitedToRoom' | null => {
  if (path.startsWith('/g/')) return 'invitedToCall'
  return path.startsWith('/room/') ? 'invitedToRoom' : null
}

/** What somebody sees who is not signed in, at whatever address. Once in, they are where they wanted to go. */
export function SignInPage({ reason }: { readonly reason: 'expired' | 'offline' | null }) {
  const { t } = useTranslation('session')
  const invite = inviteOf(useLocation().pathname)
  const [mode, setMode] = useState<Mode>(invite !== null && reason === null ? 'guest' : 'signIn')
  const Form = FORMS[mode]
  return (
    <main className="flex h-dvh flex-col items-center overflow-y-auto bg-background p-4">
      <div className="my-auto w-full max-w-90 py-6">
        <div className="mb-6 flex flex-col items-center gap-3 text-center">
          <Mark />
          <div>
            <p className="text-22 font-semibold tracking-tight">Parley</p>
            <p className="mt-0.5 text-13 text-muted">{t('tagline')}</p>
          </div>
        </div>
        <div className="flex flex-col gap-4 rounded-10 border border-line bg-surface p-5 shadow-low">
          <h1 className="sr-only">{t(`title.${mode}`)}</h1>
          {reason === null ? null : (
            <Notice tone="warn" role="alert">
              {t(`reason.${reason}`)}
            </Notice>
          )}
          {invite === null || reason !== null ? null : <Notice>{t(invite)}</Notice>}
          <Segmented
            label={t('choose')}
            isLabelHidden
            value={mode}
            onChange={setMode}
            options={(['signIn', 'signUp', 'guest'] as const).map((value) => ({
              value,
              label: t(`mode.${value}`),
            }))}
          />
          <Form key={mode} />
        </div>
      </div>
    </main>
  )
}
