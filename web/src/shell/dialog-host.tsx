import { Suspense, useState } from 'react'
import { closeDialog, type DialogName, useDialogs } from './dialogs.ts'
import {
  BrowseChannelsDialog,
  CreateChannelDialog,
  CreateRoomDialog,
  type DialogProps,
  JoinRoomDialog,
  KeysDialog,
  NewDirectDialog,
  NewGroupCallDialog,
  Palette,
  SettingsDialog,
  SignOutDialog,
} from './features.tsx'

const DIALOGS: Readonly<Record<DialogName, React.ComponentType<DialogProps>>> = {
  'browse-channels': BrowseChannelsDialog,
  'create-channel': CreateChannelDialog,
  'create-room': CreateRoomDialog,
  'join-room': JoinRoomDialog,
  keys: KeysDialog,
  'new-direct': NewDirectDialog,
  'new-group-call': NewGroupCallDialog,
  palette: Palette,
  settings: SettingsDialog,
  'sign-out': SignOutDialog,
}

const NAMES = Object.keys(DIALOGS) as readonly DialogName[]

/** Dialogs that anything may open. Each is loaded when it is first opened, and stays, so that it can fade away. */
export function DialogHost() {
  const open = useDialogs((state) => state.open)
  const [seen, setSeen] = useState<ReadonlySet<DialogName>>(new Set())
  if (open !== null && !seen.has(open)) setSeen(new Set(seen).add(open))
  return NAMES.filter((name) => seen.has(name)).map((name) => {
    const Dialog = DIALOGS[name]
    return (
      <Suspense key={name} fallback={null}>
        <Dialog isOpen={open === name} onClose={() => closeDialog(name)} />
      </Suspense>
    )
  })
}
