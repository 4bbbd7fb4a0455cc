import type { SessionUser } from './kept-user.ts'
import { useSession } from './session-store.ts'

/** Oneself. Only inside of what is shown when signed in; throws elsewhere. */
export function useMe(): SessionUser {
  const me = useSession((state) => (state.phase === 'in' ? state.user : null))
  if (me === null) throw new Error('useMe is for what only a signed-in person sees.')
  return me
}
