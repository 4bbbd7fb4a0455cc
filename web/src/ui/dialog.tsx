import { Dialog as Base } from '@base-ui/react/dialog'
import { X } from 'lucide-react'
import { type ReactNode, type RefObject, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { cx } from './cx.ts'
import { IconButton } from './icon-button.tsx'

const FOCUSABLE = 'input, textarea, button, select, a[href], [tabindex="0"]'

const WIDTHS = { small: 'middle:max-w-md', medium: 'middle:max-w-xl', large: 'middle:max-w-3xl' } as const

export interface DialogProps {
  readonly isOpen: boolean
  /** By Escape, the close button or a press outside. */
  readonly onClose: () => void
  readonly title: string
  readonly description?: ReactNode
  /** Buttons at the bottom, the main one last. */
  readonly footer?: ReactNode
  /** 448 (default), 576 or 768 px; on a phone always the whole width, from the bottom. */
  readonly size?: keyof typeof WIDTHS
  /** Where focus goes first; default: the first thing in it that takes it, else the dialog itself. */
  readonly initialFocus?: RefObject<HTMLElement | null>
  /** Without the padding around the content (for lists to the edge). */
  readonly isFlush?: boolean
  readonly children: ReactNode
}

/** A dialog above everything. Focus stays in it and goes back to where it was. */
export function Dialog({
  isOpen,
  onClose,
  title,
  description,
  footer,
  size = 'small',
  initialFocus,
  isFlush = false,
  children,
}: DialogProps) {
  const { t } = useTranslation('common')
  const popup = useRef<HTMLDivElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const footerRef = useRef<HTMLElement>(null)
  // A button that closes is no beginning. Where a finger opened it, no keyboard comes up by itself.
  const firstFocus = (openedBy: string) => {
    const first = [content, footerRef].some(({ current }) => current?.querySelector(FOCUSABLE) != null)
    return openedBy !== 'touch' && first ? true : popup.current
  }
  return (
    <Base.Root open={isOpen} onOpenChange={(open) => !open && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="fades fixed inset-0 z-40 bg-shade" />
        <Base.Viewport className="fixed inset-0 z-40 flex items-end justify-center middle:items-center middle:p-6">
          <Base.Popup
            ref={popup}
            initialFocus={initialFocus ?? firstFocus}
            className={cx(
              'appears relative flex max-h-[min(92dvh,100%)] w-full min-w-0 flex-col rounded-t-10 border border-line bg-raised shadow-high outline-none',
              'middle:max-h-[min(44rem,100%)] middle:rounded-10',
              WIDTHS[size],
            )}
          >
            <header className="px-5 pt-4 pb-1 pe-14">
              <Base.Title className="breakable pt-1 text-18 font-semibold">{title}</Base.Title>
              {description === undefined ? null : (
                <Base.Description className="breakable mt-1 text-13 text-muted">
                  {description}
                </Base.Description>
              )}
            </header>
            <div ref={content} className={cx('min-h-0 flex-1 overflow-y-auto', !isFlush && 'px-5 pt-2 pb-5')}>
              {children}
            </div>
            {footer === undefined ? null : (
              <footer
                ref={footerRef}
                className="flex flex-wrap justify-end gap-2 border-t px-5 py-3 pb-[max(0.75rem,env(safe-area-inset-bottom))]"
              >
                {footer}
              </footer>
            )}
            {/* Last, so that focus begins with what the dialog is about. */}
            <div className="absolute end-3 top-3">
              <Base.Close
                render={<IconButton label={t('close')} icon={<X size={18} aria-hidden="true" />} />}
              />
            </div>
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  )
}
