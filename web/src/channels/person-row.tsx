import { usePresence } from '@parley/client/react'
import { Avatar } from '../ui/index.ts'

export interface PersonRowProps {
  readonly user: { readonly id: string; readonly username: string; readonly avatar: string | null }
  /** After the name, in muted text. */
  readonly note?: string | undefined
}

/** Somebody with picture, presence and name; for rows of a list. */
export function PersonRow({ user, note }: PersonRowProps) {
  const { status } = usePresence(user.id)
  return (
    <>
      <Avatar id={user.id} name={user.username} src={user.avatar} presence={status} />
      <span className="min-w-0 flex-1 truncate page-start" dir="auto">
        {user.username}
      </span>
      {note === undefined ? null : <span className="shrink-0 text-13 text-muted">{note}</span>}
    </>
  )
}
