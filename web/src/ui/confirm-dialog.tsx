import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { AlertDialog } from './alert-dialog.tsx'
import { Button } from './button.tsx'
import { sentenceOf } from './sentence-of.ts'

export interface ConfirmDialogProps {
  readonly isOpen: boolean
  readonly onClose: () => void
  readonly title: string
  readonly text: ReactNode
  /** The verb: "Delete", "Leave". */
  readonly confirmLabel: string
  readonly isDangerous?: boolean
  /** Closes when it resolves; what it rejects with is shown, and it can be tried again. */
  readonly onConfirm: () => void | Promise<void>
}

/** "Really?" with a way out. */
export function ConfirmDialog({
  isOpen,
  onClose,
  title,
  text,
  confirmLabel,
  isDangerous = false,
  onConfirm,
}: ConfirmDialogProps) {
  const { t } = useTranslation('common')
  const [isBusy, setBusy] = useState(false)
  const [error, setError] = useState<string | null>(null)
  const close = () => {
    setError(null)
    onClose()
  }
  const confirm = async () => {
    setBusy(true)
    setError(null)
    try {
      await onConfirm()
      close()
    } catch (cause) {
      setError(sentenceOf(cause, t('error.unknown')))
    } finally {
      setBusy(false)
    }
  }
  return (
    <AlertDialog
      isOpen={isOpen}
      onClose={close}
      title={title}
      text={
        <>
          {text}
          <p role="alert" className="mt-2 text-bad empty:hidden">
            {error}
          </p>
        </>
      }
      actions={
        <>
          <Button onClick={close}>{t('cancel')}</Button>
          <Button look={isDangerous ? 'danger' : 'primary'} isBusy={isBusy} onClick={() => void confirm()}>
            {confirmLabel}
          </Button>
        </>
      }
    />
  )
}
