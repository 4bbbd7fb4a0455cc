import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { sentenceOf } from '../ui/index.ts'

export interface Submit {
  readonly isBusy: boolean
  /** The sentence of what was refused. */
  readonly error: string | null
  readonly onSubmit: (event: FormEvent) => void
}

/** A form that does one thing, once at a time, and says in the server's words why it did not. */
export function useSubmit(run: () => Promise<void> | null): Submit {
  const { t } = useTranslation('common')
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<string | null>(null)
  const onSubmit = (event: FormEvent) => {
    event.preventDefault()
    if (isBusy) return
    const running = run()
    if (running === null) return
    setBusy(true)
    setError(null)
    running
      .catch((cause: unknown) => setError(sentenceOf(cause, t('error.unknown'))))
      .finally(() => setBusy(false))
  }
  return { isBusy, error, onSubmit }
}
