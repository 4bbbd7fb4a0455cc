import { useTranslation } from 'react-i18next'
import { useDelay } from '../ui/index.ts'
import { Mark } from './mark.tsx'

/** While the server is asked whether somebody is signed in. Nothing flashes when it is quick. */
export function StartingPage() {
  const { t } = useTranslation('session')
  const isLate = useDelay(300)
  return (
    <main className="flex h-dvh items-center justify-center bg-background">
      <h1 className="sr-only">{t('starting')}</h1>
      {isLate ? (
        <div className="animate-rest">
          <Mark />
        </div>
      ) : null}
    </main>
  )
}
