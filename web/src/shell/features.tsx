import { late } from './late.tsx'

export interface DialogProps {
  readonly isOpen: boolean
  readonly onClose: () => void
}

export const ChannelPage = late(async () => (await import('../conversation/channel-page.tsx')).ChannelPage)
export const DirectPage = late(async () => (await import('../conversation/direct-page.tsx')).DirectPage)
export const RoomPage = late(async () => (await import('../rooms/room-page.tsx')).RoomPage)
export const GroupCallPage = late(async () => (await import('../calls/group-call-page.tsx')).GroupCallPage)
export const CallLayer = late(async () => (await import('../calls/call-layer.tsx')).CallLayer)

export const CreateRoomDialog = late(
  async () => (await import('../rooms/create-room-dialog.tsx')).CreateRoomDialog,
)
export const JoinRoomDialog = late(async () => (await import('../rooms/join-room-dialog.tsx')).JoinRoomDialog)
export const NewGroupCallDialog = late(
  async () => (await import('../calls/new-group-call-dialog.tsx')).NewGroupCallDialog,
)
export const NewDirectDialog = late(
  async () => (await import('../channels/new-direct-dialog.tsx')).NewDirectDialog,
)
export const CreateChannelDialog = late(
  async () => (await import('../channels/create-channel-dialog.tsx')).CreateChannelDialog,
)
export const BrowseChannelsDialog = late(
  async () => (await import('../channels/browse-channels-dialog.tsx')).BrowseChannelsDialog,
)
export const SettingsDialog = late(
  async () => (await import('../settings/settings-dialog.tsx')).SettingsDialog,
)
export const KeysDialog = late(async () => (await import('../keys/keys-dialog.tsx')).KeysDialog)
export const SignOutDialog = late(async () => (await import('../session/sign-out-dialog.tsx')).SignOutDialog)
export const Palette = late(async () => (await import('../palette/palette.tsx')).Palette)
export const SearchPanel = late(async () => (await import('../search/search-panel.tsx')).SearchPanel)
