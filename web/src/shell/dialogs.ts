import { create } from 'zustand'

/** Dialogs that can be opened from anywhere: the sidebar, the palette, an empty page. */
export type DialogName =
  | 'new-direct'
  | 'create-channel'
  | 'browse-channels'
  | 'create-room'
  | 'join-room'
  | 'new-group-call'
  | 'palette'
  | 'settings'
  | 'keys'
  | 'sign-out'

/** One at a time. */
export const useDialogs = create<{ readonly open: DialogName | null }>(() => ({ open: null }))

export const openDialog = (name: DialogName): void => useDialogs.setState({ open: name })

/** Closes what is open; with a name, only if that one is (another may have opened since). */
export const closeDialog = (name?: DialogName): void =>
  useDialogs.setState((state) => (name === undefined || state.open === name ? { open: null } : state))
