import { create } from 'zustand'

/** As many as one connection may be in. */
const MAX_OPEN = 50
const KEY = 'parley.rooms'

interface OpenRooms {
  /** Whose they are; null: of nobody yet. */
  readonly owner: string | null
  /** Rooms that were visited in this tab and not left, in the order in which they were opened. */
  readonly codes: readonly string[]
  /** Names by code, from the server; never stored. */
  readonly names: Readonly<Record<string, string>>
  /** By code, the key of the newest message that was seen; never stored. */
  readonly seen: Readonly<Record<string, string>>
}

const NONE: OpenRooms = { owner: null, codes: [], names: {}, seen: {} }

export const openRooms = create<OpenRooms>(() => NONE)

/** Codes outlive a reload of the tab, and nothing else of a room does. */
const store = ({ owner, codes }: OpenRooms): void => {
  try {
    if (owner === null || codes.length === 0) sessionStorage.removeItem(KEY)
    else sessionStorage.setItem(KEY, JSON.stringify({ owner, codes }))
  } catch {
    // A browser that keeps nothing: the rooms are gone after a reload.
  }
}

const isCode = (value: unknown): value is string =>
  typeof value === 'string' && value.length > 0 && value.length <= 64

const stored = (owner: string): readonly string[] => {
  try {
    const value: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? 'null')
    const { owner: of, codes } = (value ?? {}) as { readonly owner?: unknown; readonly codes?: unknown }
    return of === owner && Array.isArray(codes) ? codes.filter(isCode).slice(0, MAX_OPEN) : []
  } catch {
    return []
  }
}

/** What this tab had open as this user, also before a reload; another user starts without rooms. */
export const ownRooms = (userId: string): void => {
  if (openRooms.getState().owner === userId) return
  openRooms.setState({ ...NONE, owner: userId, codes: stored(userId) })
}

export const rememberRoom = (code: string): void => {
  const state = openRooms.getState()
  if (state.codes.includes(code)) return
  openRooms.setState({ codes: [...state.codes, code].slice(-MAX_OPEN) })
  store(openRooms.getState())
}

export const forgetRoom = (code: string): void => {
  const { codes, names, seen } = openRooms.getState()
  openRooms.setState({
    codes: codes.filter((one) => one !== code),
    names: without(names, code),
    seen: without(seen, code),
  })
  store(openRooms.getState())
}

/** As the server calls it. Also of a room that was made and not entered yet. */
export const nameRoom = (code: string, name: string): void =>
  openRooms.setState(({ names }) => {
    const others = Object.entries(without(names, code)).slice(-MAX_OPEN)
    return { names: { ...Object.fromEntries(others), [code]: name } }
  })

/** Everything up to this message has been seen. */
export const markSeen = (code: string, key: string): void => {
  const { seen } = openRooms.getState()
  if (seen[code] !== key) openRooms.setState({ seen: { ...seen, [code]: key } })
}

const without = (record: Readonly<Record<string, string>>, key: string): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(record).filter(([one]) => one !== key))
