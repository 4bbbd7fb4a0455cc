import { useTranslation } from 'react-i18next'
import { cx } from '../ui/index.ts'

/** Longest message, in UTF-16 units after trimming. */
export const MAX_LENGTH = 2_000
/** From here on the limit is shown. */
const SHOWN_FROM = MAX_LENGTH * 0.9

/** How much may still be typed, once that is little. */
export function ComposerLimit({ length }: { readonly length: number }) {
  const { t } = useTranslation('conversation')
  if (length < SHOWN_FROM) return null
  const left = MAX_LENGTH - length
  return (
    <p
      role="status"
      className={cx('figures px-3 pb-1.5 text-12', left < 0 ? 'font-medium text-bad' : 'text-muted')}
    >
      {left < 0 ? t('composer.tooMany', { count: -left }) : t('composer.left', { count: left })}
    </p>
  )
}
