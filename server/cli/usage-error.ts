/** The command was called wrongly: one line that says how, and the usage of that command. */
export class UsageError extends Error {
  readonly usage: string

  constructor(message: string, usage: string) {
    super(message)
    this.name = 'UsageError'
    this.usage = usage
  }
}

/** Options where none are known would be passed over in silence: they are refused. */
export const refuseArguments = (args: readonly string[], most: number, usage: string): void => {
  const extra = args[most] ?? args.find((arg) => arg.startsWith('-'))
  if (extra !== undefined) throw new UsageError(`What is ${extra}? It means nothing here.`, usage)
}
