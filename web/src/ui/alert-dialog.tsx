import { AlertDialog as Base } from '@base-ui/react/alert-dialog'
import type { ReactNode } from 'react'

export interface AlertDialogProps {
  readonly isOpen: boolean
  readonly onClose: () => void
  readonly title: string
  readonly text: ReactNode
  /** The safe one first. */
  readonly actions: ReactNode
}

/** A question that has to be answered: a press outside does not close it, Escape does. */
export function AlertDialog({ isOpen, onClose, title, text, actions }: AlertDialogProps) {
  return (
    <Base.Root open={isOpen} onOpenChange={(open) => !open && onClose()}>
      <Base.Portal>
        <Base.Backdrop className="fades fixed inset-0 z-50 bg-shade" />
        <Base.Viewport className="fixed inset-0 z-50 flex items-center justify-center p-4">
          <Base.Popup className="appears w-full max-w-sm rounded-10 border border-line bg-raised p-5 shadow-high outline-none">
            <Base.Title className="breakable text-18 font-semibold">{title}</Base.Title>
            <Base.Description render={<div />} className="breakable mt-2 text-muted">
              {text}
            </Base.Description>
            <div className="mt-5 flex flex-wrap justify-end gap-2">{actions}</div>
          </Base.Popup>
        </Base.Viewport>
      </Base.Portal>
    </Base.Root>
  )
}
