import { LogOut, Monitor, Moon, Sun } from 'lucide-react'
import { type ReactNode, useId } from 'react'
import { useTranslation } from 'react-i18next'
import { LANGUAGES } from '../i18n/languages.ts'
import { useMe } from '../session/index.ts'
import { openDialog } from '../shell/dialogs.ts'
import { Button, Dialog, Segmented, Select, showToast } from '../ui/index.ts'
import { AttentionSettings } from './attention-settings.tsx'
import { ProfileForm } from './profile-form.tsx'
import { chooseLanguage, setTheme, useSettings } from './settings-store.ts'

export interface SettingsDialogProps {
  readonly isOpen: boolean
  readonly onClose: () => void
}

/** What one chooses for oneself; everything but the profile holds at once and on this device. */
export function SettingsDialog({ isOpen, onClose }: SettingsDialogProps) {
  const { t } = useTranslation('shell')
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={t('settings.title')} size="medium">
      <div className="flex flex-col divide-y">
        <Part title={t('settings.profile')}>
          <ProfileForm />
        </Part>
        <Part title={t('settings.appearance')}>
          <Appearance />
        </Part>
        <Part title={t('settings.attention')}>
          <AttentionSettings />
        </Part>
        <Part title={t('settings.session')}>
          <SessionPart />
        </Part>
      </div>
    </Dialog>
  )
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  const id = useId()
  return (
    <section
      aria-labelledby={id}
      className="grid gap-x-6 gap-y-3 py-5 first:pt-1 last:pb-0 middle:grid-cols-[8rem_1fr]"
    >
      <h3 id={id} className="font-semibold">
        {title}
      </h3>
      <div className="flex min-w-0 flex-col gap-4">{children}</div>
    </section>
  )
}

function Appearance() {
  const { t } = useTranslation('shell')
  const { theme, language } = useSettings()
  const choose = (id: (typeof LANGUAGES)[number]['id']) =>
    chooseLanguage(id).catch(() => showToast(t('settings.languageFailed'), { tone: 'bad' }))
  return (
    <>
      <Segmented
        label={t('settings.theme')}
        value={theme}
        onChange={setTheme}
        options={[
          {
            value: 'system',
            label: t('settings.themeSystem'),
            icon: <Monitor size={14} aria-hidden="true" />,
          },
          { value: 'light', label: t('settings.themeLight'), icon: <Sun size={14} aria-hidden="true" /> },
          { value: 'dark', label: t('settings.themeDark'), icon: <Moon size={14} aria-hidden="true" /> },
        ]}
      />
      <Select
        label={t('settings.language')}
        value={language}
        onChange={(id) => void choose(id)}
        options={LANGUAGES.map(({ id, name }) => ({ value: id, label: name }))}
      />
    </>
  )
}

function SessionPart() {
  const { t } = useTranslation('shell')
  const { username } = useMe()
  return (
    <div className="flex flex-wrap items-center justify-between gap-3">
      <span className="breakable text-muted">{t('settings.signedInAs', { name: username })}</span>
      <Button
        icon={<LogOut size={16} aria-hidden="true" className="directional" />}
        onClick={() => openDialog('sign-out')}
      >
        {t('command.signOut')}
      </Button>
    </div>
  )
}
