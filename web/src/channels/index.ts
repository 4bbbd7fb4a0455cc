export { ChannelSettings, type ChannelSettingsProps } from './channel-settings.tsx'
export { InviteDialog, type InviteDialogProps } from './invite-dialog.tsx'
export { MembersPanel, type MembersPanelProps } from './members-panel.tsx'
export { type NamedChannel, useChannelByName } from './use-channel-by-name.ts'
