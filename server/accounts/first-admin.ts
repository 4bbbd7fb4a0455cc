import type { Observer } from '@parley/core'
import { Fault } from '@parley/model'
import type { Accounts } from './accounts.ts'

/** Makes the admin of ADMIN_USER and ADMIN_PASS unless there is an admin already. Never changes an account. */
export const ensureFirstAdmin = async (
  accounts: Accounts,
  admin: { readonly username: string; readonly password: string },
  observer: Observer,
): Promise<void> => {
  if (await accounts.reader.hasAdmin()) return
  try {
    await accounts.createUser({ ...admin, admin: true })
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'CONFLICT') throw error
    observer.error('first admin not made: ADMIN_USER is the name of an account that is no admin', error)
  }
}
