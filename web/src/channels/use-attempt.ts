import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { sentenceOf } from '../ui/index.ts'

/** One thing a dialog does at a time: whether it is under way, and the sentence of why it failed. */
export function useAttempt() {
  const { t } = useTranslation('common')
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<string | null>(null)
  const attempt = async (action: () => Promise<void>): Promise<void> => {
    if (isBusy) return
    setBusy(true)
    setError(null)
    try {
      await action()
    } catch (cause) {
      setError(sentenceOf(cause, t('error.unknown')))
    } finally {
      setBusy(false)
    }
  }
  return { isBusy, error, attempt, clear: () => setError(null) }
}
