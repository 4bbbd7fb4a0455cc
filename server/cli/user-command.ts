import { parseArgs } from 'node:util'
import { Username } from '../accounts/names.ts'
import { askPassword } from './ask-password.ts'
import { UsageError } from './usage-error.ts'
import { withWorkspace } from './workspace.ts'

export const USER_USAGE = `parley user add NAME [--password PASSWORD] [--email ADDRESS] [--admin]
parley user list
parley user disable NAME
parley user enable NAME

Works on the database of DATA_DIR or DATABASE_URL, also while a server runs on it: that server notices within a minute.`

type Environment = Readonly<Record<string, string | undefined>>

/** Most users that one page of `user list` reads. */
const PAGE = 500

export const userCommand = async (args: readonly string[], env: Environment): Promise<number> => {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      password: { type: 'string' },
      email: { type: 'string' },
      admin: { type: 'boolean', default: false },
    },
  })
  const [action, name] = positionals
  if (action === 'list') return listUsers(env)
  if (name === undefined) throw new UsageError('Which user? Give a NAME.', USER_USAGE)
  if (action === 'add') return addUser(env, name, values)
  if (action === 'disable' || action === 'enable') return setDisabled(env, name, action === 'disable')
  throw new UsageError(`There is no \`parley user ${action}\`.`, USER_USAGE)
}

const addUser = async (
  env: Environment,
  username: string,
  { password, email, admin }: { password?: string; email?: string; admin: boolean },
): Promise<number> => {
  const checked = Username.safeParse(username)
  if (!checked.success) throw new Error('A username has 2 to 50 of A-Z a-z 0-9 _ . -')
  const secret = password ?? (await askPassword(`Password for ${username}: `))
  if (secret.length < 8 || secret.length > 128) throw new Error('A password has 8 to 128 characters.')
  return withWorkspace(env, async ({ accounts }) => {
    const account = await accounts.createUser({ username: checked.data, password: secret, email, admin })
    say(`${admin ? 'Admin' : 'User'} ${account.username} added, id ${account.id}`)
    return 0
  })
}

const listUsers = (env: Environment): Promise<number> =>
  withWorkspace(env, async ({ accounts }) => {
    let after: string | undefined
    for (;;) {
      const users = await accounts.reader.list({
        limit: PAGE,
        ...(after === undefined ? {} : { after }),
      })
      for (const { id, username, email, role, disabled } of users) {
        say([id, username, email, role, disabled ? 'disabled' : 'active'].join('\t'))
      }
      after = users.at(-1)?.username
      if (users.length < PAGE || after === undefined) return 0
    }
  })

const setDisabled = (env: Environment, name: string, disabled: boolean): Promise<number> =>
  withWorkspace(env, async ({ accounts, store }) => {
    const user = await store.directory.findByName(name)
    if (user === null) throw new Error(`There is nobody called ${name}.`)
    await accounts.setDisabled(user.id, disabled)
    say(`${user.username} is ${disabled ? 'disabled: signed out everywhere within a minute' : 'enabled'}`)
    return 0
  })

const say = (line: string): void => {
  process.stdout.write(`${line}\n`)
}
