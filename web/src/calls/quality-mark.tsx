import type { CallQuality } from '@parley/client'
import { useTranslation } from 'react-i18next'
import { cx } from '../ui/index.ts'

const STEPS: Readonly<Record<CallQuality, number>> = { poor: 1, fair: 2, good: 3 }
const TONES: Readonly<Record<CallQuality, string>> = { poor: 'bg-bad', fair: 'bg-warn', good: 'bg-good' }
const HEIGHTS = ['h-1.5', 'h-2.5', 'h-3.5'] as const

/** Three steps: how good a connection is. */
export function QualityMark({ quality }: { readonly quality: CallQuality | null }) {
  const { t } = useTranslation('call')
  if (quality === null) return null
  const label = t(`quality.${quality}`)
  return (
    <span role="img" aria-label={label} title={label} className="inline-flex h-3.5 items-end gap-0.5">
      {HEIGHTS.map((height, step) => (
        <span
          key={height}
          className={cx('w-1 rounded-full', height, step < STEPS[quality] ? TONES[quality] : 'bg-line')}
        />
      ))}
    </span>
  )
}

/** The worst of several; null: not known yet. */
export const worstOf = (qualities: readonly (CallQuality | null)[]): CallQuality | null => {
  const known = qualities.filter((quality) => quality !== null)
  return known.reduce<CallQuality | null>(
    (worst, quality) => (worst === null || STEPS[quality] < STEPS[worst] ? quality : worst),
    null,
  )
}
