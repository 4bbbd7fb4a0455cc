import { Avatar as Base } from '@base-ui/react/avatar'
import { useTranslation } from 'react-i18next'
import { cx } from './cx.ts'
import { colourOf, initialsOf } from './initials.ts'

const SIZES = {
  20: 'size-5 text-[0.625rem]',
  24: 'size-6 text-[0.6875rem]',
  32: 'size-8 text-12',
  36: 'size-9 text-13',
  48: 'size-12 text-18',
  72: 'size-18 text-22',
} as const

export interface AvatarProps {
  /** Chooses the colour. */
  readonly id: string
  readonly name: string
  /** A picture's address: https or a path of this server. Anything else is not asked for. */
  readonly src?: string | null
  readonly size?: keyof typeof SIZES
  /** Shows a dot: filled for online, a ring for offline (from 32 px on), none for unknown. Told to screen readers. */
  readonly presence?: 'online' | 'offline' | 'unknown' | undefined
}

const isPicture = (src: string | null | undefined): src is string =>
  typeof src === 'string' && /^(?:https:\/\/|\/(?!\/))/u.test(src)

/** Who somebody is, at a glance. The name is expected beside it, so the picture itself is silent. */
export function Avatar({ id, name, src, size = 32, presence }: AvatarProps) {
  return (
    <span className="relative inline-flex shrink-0">
      <Base.Root
        aria-hidden="true"
        style={{ backgroundColor: `var(--avatar-${colourOf(id)})` }}
        className={cx(
          'inline-flex items-center justify-center overflow-hidden rounded-full font-semibold text-(--on-avatar) select-none',
          SIZES[size],
        )}
      >
        {isPicture(src) ? (
          <Base.Image
            src={src}
            alt=""
            referrerPolicy="no-referrer"
            draggable={false}
            className="size-full object-cover"
          />
        ) : null}
        <Base.Fallback>{initialsOf(name)}</Base.Fallback>
      </Base.Root>
      {presence === undefined || presence === 'unknown' ? null : (
        <Dot presence={presence} isSmall={size < 32} />
      )}
    </span>
  )
}

function Dot({ presence, isSmall }: { readonly presence: 'online' | 'offline'; readonly isSmall: boolean }) {
  const { t } = useTranslation('common')
  const words = <span className="sr-only">{t(`presence.${presence}`)}</span>
  // On a small picture a ring would hide the letters, and nobody has to be told that most are away.
  if (isSmall && presence === 'offline') return words
  return (
    <span
      className={cx(
        'absolute -end-0.5 -bottom-0.5 rounded-full border-2 border-(--behind,var(--background))',
        isSmall ? 'size-2.75' : 'size-3.5',
        presence === 'online' ? 'bg-good' : 'bg-(--behind,var(--background)) inset-ring-2 inset-ring-edge',
      )}
    >
      {words}
    </span>
  )
}
