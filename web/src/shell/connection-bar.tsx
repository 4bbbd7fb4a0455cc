import { useConnection, useObservable, useParley } from '@parley/client/react'
import { CloudOff } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useDelay, useTimes } from '../ui/index.ts'
import { useWasMissed } from './use-was-missed.ts'

/** A break that is over within this (ms) is not worth a word. */
const QUIET = 2_000

/** One slim bar while there is no connection: since when, and how much waits. Told politely, also when it is over. */
export function ConnectionBar() {
  const { t } = useTranslation('shell')
  const parley = useParley()
  const { state, since } = useConnection()
  const waiting = useObservable(parley.waiting)
  const times = useTimes()
  const isConnected = state === 'connected'
  const isLate = useDelay(QUIET, isConnected)
  const isShown = !isConnected && isLate
  return (
    <>
      <div
        className={
          isShown
            ? 'flex min-h-8 shrink-0 items-center justify-center gap-x-3 border-b bg-warn-soft px-3 py-1 text-13'
            : 'sr-only'
        }
      >
        <p role="status" className="flex min-w-0 flex-wrap items-center justify-center gap-x-2.5">
          {isShown ? (
            <>
              <CloudOff size={16} aria-hidden="true" className="text-warn" />
              <span className="figures">{t('connection.offline', { time: times.time(since) })}</span>
              {waiting > 0 ? (
                <span className="figures font-semibold">{t('connection.waiting', { count: waiting })}</span>
              ) : (
                <span className="hidden text-muted wide:inline">{t('connection.kept')}</span>
              )}
            </>
          ) : null}
        </p>
        {isShown ? (
          <button
            type="button"
            className="shrink-0 rounded-6 px-2 font-medium text-accent underline-offset-2 hover:underline"
            onClick={() => parley.connect()}
          >
            {t('connection.retry')}
          </button>
        ) : null}
      </div>
      <Restored isConnected={isConnected} />
    </>
  )
}

/** Says that the connection is back, once it was missed. */
function Restored({ isConnected }: { readonly isConnected: boolean }) {
  const { t } = useTranslation('shell')
  const wasMissed = useWasMissed(isConnected)
  return (
    <p role="status" className="sr-only">
      {isConnected && wasMissed ? t('connection.restored') : ''}
    </p>
  )
}
