import { type Store, silentObserver, systemClock } from '@parley/core'
import { Accounts } from '../accounts/accounts.ts'
import { type Config, loadSecret, readConfig } from '../config.ts'
import { openStorage } from '../storage.ts'

/** The database and the accounts in it, without a server: for commands that may run beside one. */
export interface Workspace {
  readonly config: Config
  readonly store: Store
  readonly accounts: Accounts
}

/** Opens them, runs the task, closes them whatever happens. */
export const withWorkspace = async <T>(
  env: Readonly<Record<string, string | undefined>>,
  task: (workspace: Workspace) => Promise<T>,
): Promise<T> => {
  const config = readConfig(env)
  const { store, accountsDatabase, close } = await openStorage(config.database, { isServing: false })
  try {
    const accounts = await Accounts.open({
      database: accountsDatabase,
      jwtSecret: config.jwtSecret ?? loadSecret(config.dataDir),
      clock: systemClock,
      observer: silentObserver,
      // A running server finds out by itself: it asks for every live identity again within a minute.
      onIdentityEnded: () => {},
    })
    return await task({ config, store, accounts })
  } finally {
    await close()
  }
}
