import { create } from 'zustand'

/** Dialogs that can be opened from anywhere: the sidebar, the palette, an empty page. */
export type DialogName =
  | 'new-direct'
  | 'create-channel'
  | 'browse-channels'
  | 'create-room'
  | 'join-room'
  | 'new-group-call'
  | 'settings'
  | 'keys'
  | 'sign-out'

interface Dialogs {
  readonly open: DialogName | null
}

/** One at a time. */
export const useDialogs = create<Dialogs>(() => ({ open: null }))

export const openDialog = (name: DialogName): void => useDialogs.setState({ open: name })
export const closeDialog = (): void => useDialogs.setState({ open: null })
