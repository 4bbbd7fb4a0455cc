import { ParleyError } from '@parley/client'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button, sentenceOf, TextField } from '../ui/index.ts'
import { PIN, toPin } from './pin.ts'

export interface PinFormProps {
  /** Rejects with `WRONG_PIN`, `RATE_LIMITED` and the like. */
  readonly onPin: (pin: string) => Promise<void>
  readonly autoFocus?: boolean
}

/** Asks for the PIN of a room. What was typed stays when it was wrong. */
export function PinForm({ onPin, autoFocus = false }: PinFormProps) {
  const { t } = useTranslation('room')
  const [pin, setPin] = useState('')
  const [error, setError] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const sentence = (cause: unknown): string => {
    const code = cause instanceof ParleyError ? cause.code : ''
    if (code === 'WRONG_PIN') return t('pinWrong')
    if (code === 'RATE_LIMITED') return t('pinLimited')
    return sentenceOf(cause, t('refusedTitle'))
  }
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (isBusy) return
    if (!PIN.test(pin)) return setError(t('create.pinInvalid'))
    setBusy(true)
    setError(null)
    try {
      await onPin(pin)
    } catch (cause) {
      setError(sentence(cause))
    } finally {
      setBusy(false)
    }
  }
  return (
    <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-3" noValidate>
      <TextField
        label={t('pinLabel')}
        hint={t('pinHint')}
        error={error}
        value={pin}
        onChange={(value) => setPin(toPin(value))}
        inputMode="numeric"
        autoComplete="off"
        // It is the only thing there is to do here, and was asked for.
        autoFocus={autoFocus}
        data-testid="room-pin"
      />
      <Button type="submit" look="primary" isBusy={isBusy} isWide>
        {t('pinEnter')}
      </Button>
    </form>
  )
}
