import { Dialog as Base } from '@base-ui/react/dialog'
import { type ReactNode, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Shortcut } from '../ui/index.ts'
import { PaletteBody } from './palette-body.tsx'

export interface PaletteProps {
  readonly isOpen: boolean
  readonly onClose: () => void
}

/** Goes to any place and does anything, by a few letters. */
export function Palette({ isOpen, onClose }: PaletteProps) {
  const { t } = useTranslation('shell')
  const field = useRef<HTMLInputElement>(null)
  return (
    <Base.Root open={isOpen} onOpenChange={(open) => !open && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="fades fixed inset-0 z-40 bg-shade" />
        <Base.Viewport className="fixed inset-0 z-40 flex items-start justify-center p-3 wide:pt-[12dvh]">
          <Base.Popup
            initialFocus={field}
            className="appears flex max-h-[min(32rem,100%)] w-full max-w-xl flex-col overflow-hidden rounded-10 border border-line bg-raised shadow-high outline-none [--behind:var(--raised)]"
          >
            <Base.Title className="sr-only">{t('palette.title')}</Base.Title>
            <PaletteBody isOpen={isOpen} onClose={onClose} field={field} />
            <footer
              aria-hidden="true"
              className="flex shrink-0 gap-4 border-t px-4 py-2 text-12 text-muted pointer-coarse:hidden"
            >
              <Hint keys={['ArrowUp', 'ArrowDown']}>{t('palette.hintMove')}</Hint>
              <Hint keys={['Enter']}>{t('palette.hintOpen')}</Hint>
              <Hint keys={['Escape']}>{t('palette.hintClose')}</Hint>
            </footer>
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  )
}

function Hint({ keys, children }: { readonly keys: readonly string[]; readonly children: ReactNode }) {
  return (
    <span className="inline-flex items-center gap-1.5">
      {keys.map((key) => (
        <Shortcut key={key} keys={key} />
      ))}
      {children}
    </span>
  )
}
