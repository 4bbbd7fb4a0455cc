import type { Call, Calls } from '@parley/client'

/** Can the same call be made once more? */
export const canRedial = ({ user, groupId }: Call): boolean => user !== null || groupId !== null

/** The same call once more, as `username`. */
export const redial = async (calls: Calls, call: Call, username: string): Promise<void> => {
  const { user, groupId } = call
  if (groupId !== null) await calls.joinGroup(groupId, { username, video: false })
  else if (user !== null) await calls.callUser(user, { video: false })
}
