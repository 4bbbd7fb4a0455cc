import type { DirectoryUser } from '@parley/core'

/** An account as plain as can be, with what the test cares about. */
export const plainAccount = (
  own: Pick<DirectoryUser, 'id' | 'username'> & Partial<DirectoryUser>,
): DirectoryUser => ({
  avatar: null,
  email: '',
  role: 'user',
  disabled: false,
  createdAt: 0,
  lastSeen: null,
  ...own,
})
