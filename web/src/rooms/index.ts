export { CreateRoomDialog, type RoomDialogProps } from './create-room-dialog.tsx'
export { JoinRoomDialog } from './join-room-dialog.tsx'
export { RoomPage } from './room-page.tsx'
export { type OpenRoom, useOpenRooms } from './use-open-rooms.ts'
