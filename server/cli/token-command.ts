import { refuseArguments, UsageError } from './usage-error.ts'
import { withWorkspace } from './workspace.ts'

export const TOKEN_USAGE = `parley token NAME

Prints a token for NAME, good for 7 days, for scripts and for \`/ws?token=\`.`

export const tokenCommand = async (
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> => {
  refuseArguments(args, 1, TOKEN_USAGE)
  const [name] = args
  if (name === undefined) throw new UsageError('Whose token? Give a NAME.', TOKEN_USAGE)
  return withWorkspace(env, async ({ accounts, store }) => {
    const user = await store.directory.findByName(name)
    if (user === null) throw new Error(`There is nobody called ${name}.`)
    if (user.disabled) throw new Error(`${user.username} is disabled. Enable the account first.`)
    process.stdout.write(`${await accounts.issueToken(user.id)}\n`)
    return 0
  })
}
