import type { Call } from '@parley/client'
import { useParley } from '@parley/client/react'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useMe } from '../session/index.ts'
import { showToast } from '../ui/index.ts'
import { CallScreen } from './call-screen.tsx'
import { IncomingCalls } from './incoming-calls.tsx'
import { redial } from './redial.ts'
import { refusalOf } from './refusal.ts'

/** Calls of who is signed in: others can ring while it is there. To be mounted once. */
export function CallLayer() {
  const { calls } = useParley()
  const { t } = useTranslation('call')
  const me = useMe()
  // Nobody can ring a guest.
  useEffect(() => (me.isGuest ? undefined : calls.listen()), [calls, me.isGuest])
  const name = useRef(me.username)
  name.current = me.username
  const onAgain = (call: Call) =>
    void redial(calls, call, name.current).catch((cause: unknown) =>
      showToast(refusalOf(cause, t), { tone: 'bad' }),
    )
  return (
    <>
      <IncomingCalls calls={calls} />
      <CallScreen calls={calls} me={me} onAgain={onAgain} />
    </>
  )
}
