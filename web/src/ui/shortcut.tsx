import { cx } from './cx.ts'

const isApple = (): boolean =>
  typeof navigator !== 'undefined' && /Mac|iPhone|iPad/u.test(navigator.userAgent)

const SIGNS: Readonly<Record<string, string>> = {
  ArrowUp: '↑',
  ArrowDown: '↓',
  Enter: '↵',
  Escape: 'Esc',
}

const SIGNS_OF_APPLE: Readonly<Record<string, string>> = { Mod: '⌘', Alt: '⌥', Shift: '⇧' }

const signOf = (key: string): string =>
  (isApple() ? SIGNS_OF_APPLE[key] : undefined) ?? SIGNS[key] ?? (key === 'Mod' ? 'Ctrl' : key)

export interface ShortcutProps {
  /** Parts with `+` between: `Mod+K`, `Alt+ArrowUp`. `Mod` is Ctrl, or Command on a Mac. */
  readonly keys: string
  readonly isOnDark?: boolean
}

/** Keys as they are written on the keyboard of the reader. */
export function Shortcut({ keys, isOnDark = false }: ShortcutProps) {
  return (
    <kbd dir="ltr" className="inline-flex gap-0.5 font-sans text-12">
      {keys.split('+').map((key) => (
        <span
          key={key}
          className={cx(
            'inline-flex h-4.5 min-w-4.5 items-center justify-center rounded-6 border px-1',
            isOnDark ? 'border-current/35' : 'border-line text-muted',
          )}
        >
          {signOf(key)}
        </span>
      ))}
    </kbd>
  )
}
