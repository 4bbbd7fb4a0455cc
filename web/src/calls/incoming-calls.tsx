import type { Calls } from '@parley/client'
import { useObservable } from '@parley/client/react'
import { createPortal } from 'react-dom'
import { IncomingCallCard } from './incoming-call-card.tsx'
import { useRingSetting } from './ring-setting.ts'
import { useCallNotification } from './use-call-notification.ts'
import { useRingSound } from './use-ring-sound.ts'

/** More than these at once are not shown before one of them is answered. */
const MAX_CARDS = 3

/** What rings, in the corner, above everything. */
export function IncomingCalls({ calls }: { readonly calls: Calls }) {
  const incoming = useObservable(calls.incoming)
  const hasSound = useRingSetting((setting) => setting.hasSound)
  useCallNotification(incoming[0])
  useRingSound(hasSound && incoming.length > 0)
  return createPortal(
    // A live region stays in reach while a dialog is open.
    <div
      aria-live="assertive"
      className="pointer-events-none fixed inset-x-2 top-2 z-60 flex flex-col gap-2 *:pointer-events-auto wide:inset-x-auto wide:end-4 wide:top-4"
    >
      {incoming.slice(0, MAX_CARDS).map((call) => (
        <IncomingCallCard key={call.callId ?? call.since} call={call} />
      ))}
    </div>,
    document.body,
  )
}
