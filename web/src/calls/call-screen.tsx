import { Dialog } from '@base-ui/react/dialog'
import type { Call, Calls, CallView as View } from '@parley/client'
import { useObservable } from '@parley/client/react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { CallView, useQuietEnd } from './call-view.tsx'
import { CallAudio } from './media.tsx'
import { canRedial } from './redial.ts'
import { SmallCall } from './small-call.tsx'

const NO_CALL = { get: () => null, subscribe: () => () => {} }

/** The call one is in, and what it looks like now. */
const useCurrentCall = (calls: Calls): { readonly call: Call | null; readonly view: View | null } => {
  const call = useObservable(calls.current)
  const view = useObservable<View | null>(call?.view ?? NO_CALL)
  return { call, view }
}

export interface CallScreenProps {
  readonly calls: Calls
  readonly me: { readonly id: string; readonly username: string }
  readonly onAgain?: ((call: Call) => void) | undefined
}

/** The call that one is in, over everything, or small beside it; nothing without one. */
export function CallScreen({ calls, me, onAgain }: CallScreenProps) {
  const { call, view } = useCurrentCall(calls)
  const [small, setSmall] = useState<Call | null>(null)
  const leave = () => {
    call?.hangUp()
    calls.dismiss()
  }
  useQuietEnd(view, () => calls.dismiss())
  if (call === null || view === null) return null
  const isOver = view.phase === 'ended'
  const isSmall = small === call && !isOver
  const minimise = isOver ? undefined : () => setSmall(call)
  return (
    <>
      <CallAudio participants={view.participants} speaker={view.local.devices.speaker} />
      {isSmall ? <SmallCall call={call} view={view} onExpand={() => setSmall(null)} onLeave={leave} /> : null}
      <WholeCall isOpen={!isSmall} name={call.name} onClose={isOver ? () => calls.dismiss() : minimise}>
        <CallView
          call={call}
          view={view}
          me={me}
          onLeave={leave}
          onClose={() => calls.dismiss()}
          onAgain={onAgain === undefined || !canRedial(call) ? undefined : () => onAgain(call)}
          onMinimise={minimise}
        />
      </WholeCall>
    </>
  )
}

interface WholeCallProps {
  readonly isOpen: boolean
  readonly name: string
  readonly onClose: (() => void) | undefined
  readonly children: React.ReactNode
}

function WholeCall({ isOpen, name, onClose, children }: WholeCallProps) {
  const { t } = useTranslation('call')
  return (
    <Dialog.Root open={isOpen} disablePointerDismissal onOpenChange={(open) => !open && onClose?.()}>
      <Dialog.Portal>
        <Dialog.Popup
          data-testid="call-view"
          aria-label={t('surface.title', { name })}
          className="appears fixed inset-0 z-30 outline-none"
        >
          {children}
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}
