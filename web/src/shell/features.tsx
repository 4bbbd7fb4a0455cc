import { lazy } from 'react'

export interface DialogProps {
  readonly isOpen: boolean
  readonly onClose: () => void
}

export const ChannelPage = lazy(async () => ({
  default: (await import('../conversation/channel-page.tsx')).ChannelPage,
}))
export const DirectPage = lazy(async () => ({
  default: (await import('../conversation/direct-page.tsx')).DirectPage,
}))
export const RoomPage = lazy(async () => ({
  default: (await import('../rooms/room-page.tsx')).RoomPage,
}))
export const GroupCallPage = lazy(async () => ({
  default: (await import('../calls/group-call-page.tsx')).GroupCallPage,
}))
export const CallLayer = lazy(async () => ({
  default: (await import('../calls/call-layer.tsx')).CallLayer,
}))

export const CreateRoomDialog = lazy(async () => ({
  default: (await import('../rooms/create-room-dialog.tsx')).CreateRoomDialog,
}))
export const JoinRoomDialog = lazy(async () => ({
  default: (await import('../rooms/join-room-dialog.tsx')).JoinRoomDialog,
}))
export const NewGroupCallDialog = lazy(async () => ({
  default: (await import('../calls/new-group-call-dialog.tsx')).NewGroupCallDialog,
}))
export const NewDirectDialog = lazy(async () => ({
  default: (await import('../channels/new-direct-dialog.tsx')).NewDirectDialog,
}))
export const CreateChannelDialog = lazy(async () => ({
  default: (await import('../channels/create-channel-dialog.tsx')).CreateChannelDialog,
}))
export const BrowseChannelsDialog = lazy(async () => ({
  default: (await import('../channels/browse-channels-dialog.tsx')).BrowseChannelsDialog,
}))
export const SettingsDialog = lazy(async () => ({
  default: (await import('../settings/settings-dialog.tsx')).SettingsDialog,
}))
export const KeysDialog = lazy(async () => ({
  default: (await import('../keys/keys-dialog.tsx')).KeysDialog,
}))
export const SignOutDialog = lazy(async () => ({
  default: (await import('../session/sign-out-dialog.tsx')).SignOutDialog,
}))
export const Palette = lazy(async () => ({ default: (await import('../palette/palette.tsx')).Palette }))
export const SearchPanel = lazy(async () => ({
  default: (await import('../search/search-panel.tsx')).SearchPanel,
}))
