import { Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { showToast } from '../ui/index.ts'
import { DialogBoundary } from './dialog-boundary.tsx'
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
import { forgetFailures, LoadError } from './late.tsx'

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
  const { t } = useTranslation('shell')
  const open = useDialogs((state) => state.open)
  const [seen, setSeen] = useState<ReadonlySet<DialogName>>(new Set())
  if (open !== null && !seen.has(open)) setSeen(new Set(seen).add(open))
  const giveUp = (name: DialogName, error: unknown) => {
    forgetFailures()
    closeDialog(name)
    // Made anew when it is opened again.
    setSeen((names) => new Set([...names].filter((other) => other !== name)))
    const isMissing = error instanceof LoadError
    showToast(t(isMissing ? 'notLoaded.title' : 'crash.title'), { tone: 'bad', id: 'dialog-failed' })
  }
  return NAMES.filter((name) => seen.has(name)).map((name) => {
    const Dialog = DIALOGS[name]
    return (
      <DialogBoundary key={name} onError={(error) => giveUp(name, error)}>
        <Suspense fallback={null}>
          <Dialog isOpen={open === name} onClose={() => closeDialog(name)} />
        </Suspense>
      </DialogBoundary>
    )
  })
}
