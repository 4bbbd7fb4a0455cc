import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button, type ButtonProps, IconButton, showToast, VisuallyHidden } from '../ui/index.ts'
import { copyText } from './copy-text.ts'

/** How long it says that it worked (ms). */
const SAID_FOR = 2_000

const useCopy = (text: string) => {
  const { t } = useTranslation('room')
  const [isCopied, setCopied] = useState(false)
  useEffect(() => {
    if (!isCopied) return
    const timer = setTimeout(() => setCopied(false), SAID_FOR)
    return () => clearTimeout(timer)
  }, [isCopied])
  const copy = async () => {
    const worked = await copyText(text)
    setCopied(worked)
    if (!worked) showToast(t('copyFailed'), { tone: 'bad', id: 'room-copy' })
  }
  return { isCopied, copy }
}

export interface CopyButtonProps extends Pick<ButtonProps, 'look' | 'size'> {
  readonly text: string
  readonly label: string
}

/** Copies a text, and says that it did. */
export function CopyButton({ text, label, ...look }: CopyButtonProps) {
  const { t } = useTranslation('room')
  const { isCopied, copy } = useCopy(text)
  const Icon = isCopied ? Check : Copy
  return (
    <Button {...look} icon={<Icon size={16} aria-hidden="true" />} onClick={() => void copy()}>
      <span aria-live="polite">{isCopied ? t('copied') : label}</span>
    </Button>
  )
}

/** The same as an icon. */
export function CopyIconButton({ text, label }: CopyButtonProps) {
  const { t } = useTranslation('room')
  const { isCopied, copy } = useCopy(text)
  const Icon = isCopied ? Check : Copy
  return (
    <>
      <IconButton
        label={label}
        size="small"
        className="-my-2"
        tooltipSide="bottom"
        icon={<Icon size={14} aria-hidden="true" />}
        onClick={() => void copy()}
      />
      <span aria-live="polite">{isCopied ? <VisuallyHidden>{t('codeCopied')}</VisuallyHidden> : null}</span>
    </>
  )
}
