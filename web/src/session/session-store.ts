import {
  createParley,
  createSessions,
  type Parley,
  ParleyError,
  type Registration,
  type Session,
} from '@parley/client'
import { create } from 'zustand'
import { giveBack } from './give-back.ts'
import { hasLeft, keepLeft, keepUser, parseUser, readUser, type SessionUser, USER_KEY } from './kept-user.ts'

export type SessionState =
  /** It is not known yet whether somebody is signed in. */
  | { readonly phase: 'starting' }
  | { readonly phase: 'out'; readonly reason: 'expired' | 'offline' | null }
  | { readonly phase: 'in'; readonly user: SessionUser; readonly parley: Parley }

/** Who is signed in, and the one client of that user. */
export const useSession = create<SessionState>(() => ({ phase: 'starting' }))

const url = location.origin
const sessions = createSessions(url)

/** In memory alone. */
let token: string | null = null
/** Not given to the client yet. */
let isUnused = false

const hasCode = (cause: unknown, code: string): boolean => cause instanceof ParleyError && cause.code === code

const userOf = ({ user: { id, username, avatar, role } }: Session): SessionUser => ({
  id,
  username,
  avatar,
  isGuest: role === 'guest',
})

/** By the session cookie; where cookies are not kept, by the token that is still good. */
const renew = async (): Promise<Session> => {
  try {
    return await sessions.renew()
  } catch (cause) {
    if (token === null || !hasCode(cause, 'UNAUTHENTICATED')) throw cause
    return await sessions.renew(token)
  }
}

const forgetClient = (state: SessionState, forget: boolean): Promise<void> =>
  state.phase === 'in' ? state.parley.close({ forget }).catch(() => undefined) : Promise.resolve()

/** Whoever is in leaves. What uses the client is off the page before the client closes. */
const leave = (reason: 'expired' | null, forget = false): Promise<void> => {
  const before = useSession.getState()
  useSession.setState({ phase: 'out', reason }, true)
  return forgetClient(before, forget)
}

/** The session is over, the person may come back: what is kept stays. */
const expire = (): void => {
  token = null
  void leave('expired')
}

const getTokenOf = (userId: string) => async (): Promise<string> => {
  if (isUnused && token !== null) {
    isUnused = false
    return token
  }
  const ended = new ParleyError('UNAUTHENTICATED', 'This session has ended. Sign in again.')
  try {
    const session = await renew()
    if (session.user.id !== userId) {
      // The cookie is somebody else's by now: they signed in in another tab.
      enter(session)
      throw ended
    }
    token = session.token
    learn(userOf(session))
    return session.token
  } catch (cause) {
    const state = useSession.getState()
    const isOurs = state.phase === 'in' && state.user.id === userId
    if (isOurs && cause !== ended && hasCode(cause, 'UNAUTHENTICATED')) expire()
    throw cause
  }
}

const open = (user: SessionUser): void => {
  const { id, username, avatar } = user
  const before = useSession.getState()
  const parley = createParley({ url, user: { id, username, avatar }, getToken: getTokenOf(id) })
  useSession.setState({ phase: 'in', user, parley }, true)
  void forgetClient(before, false)
}

/** The server, or the profile, says something newer about oneself. */
export const learn = (user: SessionUser): void => {
  const state = useSession.getState()
  if (state.phase !== 'in' || state.user.id !== user.id) return
  keepUser(user)
  const { username, avatar, isGuest } = state.user
  if (username === user.username && avatar === user.avatar && isGuest === user.isGuest) return
  useSession.setState({ ...state, user }, true)
}

const enter = (session: Session): void => {
  token = session.token
  isUnused = true
  keepLeft(false)
  const user = userOf(session)
  keepUser(user)
  open(user)
}

/** Once, when the app starts. */
export const startSession = async (): Promise<void> => {
  window.addEventListener('storage', onStorage)
  if (hasLeft()) {
    await sessions.signOut().then(
      () => keepLeft(false),
      (cause: unknown) => hasCode(cause, 'UNAUTHENTICATED') && keepLeft(false),
    )
    useSession.setState({ phase: 'out', reason: null }, true)
    return
  }
  const known = readUser()
  if (known !== null) {
    open(known)
    return
  }
  try {
    enter(await renew())
  } catch (cause) {
    const reason = hasCode(cause, 'UNAUTHENTICATED') ? null : 'offline'
    useSession.setState({ phase: 'out', reason }, true)
  }
}

/** Another tab signed out, or in as somebody else. */
const onStorage = ({ key, newValue }: StorageEvent): void => {
  if (key !== USER_KEY) return
  const state = useSession.getState()
  const user = parseUser(newValue)
  if (state.phase === 'in' && user?.id === state.user.id) return
  token = null
  if (user === null) void leave(null)
  else open(user)
}

export const register = async (account: Registration): Promise<void> =>
  enter(await sessions.register(account))
export const signIn = async (name: string, password: string): Promise<void> =>
  enter(await sessions.signIn(name, password))
export const continueAsGuest = async (username: string): Promise<void> =>
  enter(await sessions.continueAsGuest(username))

/**
 * Messages that were kept are forgotten on this device; drafts stay, and what waits becomes one. Without a connection the server hears of it
 * at the next start.
 */
export const signOut = async (): Promise<void> => {
  const last = token
  const state = useSession.getState()
  if (state.phase === 'in') giveBack(state.parley, state.user.id)
  keepUser(null)
  keepLeft(true)
  token = null
  await leave(null, true)
  await sessions.signOut(last ?? undefined).then(
    () => keepLeft(false),
    () => undefined,
  )
}
