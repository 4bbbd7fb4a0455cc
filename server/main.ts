import { BACKUP_USAGE, backupCommand, RESTORE_USAGE, restoreCommand } from './cli/backup-command.ts'
import { CHAT_USAGE, chatCommand } from './cli/chat-command.ts'
import { CONFIG_USAGE, configCommand } from './cli/config-command.ts'
import { MIGRATE_STORE_USAGE, migrateStoreCommand } from './cli/migrate-store-command.ts'
import { printable } from './cli/printable.ts'
import { SERVE_USAGE, serveCommand } from './cli/serve-command.ts'
import { TOKEN_USAGE, tokenCommand } from './cli/token-command.ts'
import { UsageError } from './cli/usage-error.ts'
import { USER_USAGE, userCommand } from './cli/user-command.ts'
import { VERSION } from './version.ts'

interface Command {
  readonly usage: string
  /** Resolves to the exit code. */
  readonly run: (args: readonly string[]) => number | Promise<number>
}

const commands: Readonly<Record<string, Command>> = {
  serve: { usage: SERVE_USAGE, run: (args) => serveCommand(args, process.env) },
  chat: { usage: CHAT_USAGE, run: (args) => chatCommand(args) },
  user: { usage: USER_USAGE, run: (args) => userCommand(args, process.env) },
  token: { usage: TOKEN_USAGE, run: (args) => tokenCommand(args, process.env) },
  backup: { usage: BACKUP_USAGE, run: (args) => backupCommand(args, process.env) },
  restore: { usage: RESTORE_USAGE, run: (args) => restoreCommand(args, process.env) },
  'migrate-store': {
    usage: MIGRATE_STORE_USAGE,
    run: (args) => migrateStoreCommand(args, process.env),
  },
  config: { usage: CONFIG_USAGE, run: (args) => configCommand(args, process.env) },
}

// What is kept here is messages and accounts: files that are made are their owner's alone.
process.umask(0o077)

const USAGE = Object.values(commands)
  .map(({ usage }) => usage.split('\n\n')[0])
  .join('\n')

const run = async ([name, ...args]: readonly string[]): Promise<number> => {
  if (name === '--version' || name === '-v') {
    process.stdout.write(`${VERSION}\n`)
    return 0
  }
  const command = name === undefined ? undefined : Object.hasOwn(commands, name) ? commands[name] : undefined
  const wantsHelp = name === undefined || name === 'help' || name === '--help' || name === '-h'
  if (command === undefined) {
    const out = wantsHelp ? process.stdout : process.stderr
    out.write(`${wantsHelp ? '' : `There is no command ${name}.\n\n`}${USAGE}\n`)
    return wantsHelp ? 0 : 2
  }
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(`${command.usage}\n`)
    return 0
  }
  return command.run(args)
}

/** One line for a person; the stack only helps who reads the code. */
const explain = (error: unknown): number => {
  const isUsage = error instanceof UsageError
  const isParseError =
    error instanceof TypeError && String((error as { code?: unknown }).code).startsWith('ERR_PARSE_ARGS')
  // The words may be a server's: they stay on one line and do not steer the terminal.
  process.stderr.write(`parley: ${printable(error instanceof Error ? error.message : String(error))}\n`)
  if (isUsage) process.stderr.write(`\n${error.usage}\n`)
  return isUsage || isParseError ? 2 : 1
}

// `parley user list | head`: who reads has enough.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))

// Ends here also when something that was left behind would keep the process alive.
process.exit(await run(process.argv.slice(2)).catch(explain))
