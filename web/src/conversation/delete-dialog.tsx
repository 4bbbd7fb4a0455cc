import type { Message } from '@parley/client'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ConfirmDialog } from '../ui/index.ts'
import { useScope } from './conversation-scope.ts'

export interface DeleteDialogProps {
  /** Null: closed. */
  readonly message: Message | null
  readonly onClose: () => void
}

/** Asks before a message is deleted for everybody. */
export function DeleteDialog({ message, onClose }: DeleteDialogProps) {
  const { t } = useTranslation('conversation')
  const { conversation } = useScope()
  // It is still there while the dialog fades.
  const [shown, setShown] = useState(message)
  if (message !== null && message !== shown) setShown(message)
  return (
    <ConfirmDialog
      isOpen={message !== null}
      onClose={onClose}
      title={t('delete.title')}
      text={
        <>
          <p>{t('delete.text')}</p>
          <p dir="auto" className="mt-2 line-clamp-3 rounded-6 bg-hover px-3 py-2 breakable empty:hidden">
            {shown?.source}
          </p>
        </>
      }
      confirmLabel={t('delete.submit')}
      isDangerous
      onConfirm={async () => {
        if (shown?.id) await conversation.remove(shown.id)
      }}
    />
  )
}
