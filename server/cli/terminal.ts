import { clearScreenDown, createInterface, cursorTo, moveCursor } from 'node:readline'
import { printable } from './printable.ts'
import { stdinLines } from './stdin-lines.ts'

/** Where the person sits. Whatever is printed has been made harmless. */
export interface Terminal {
  /** One line, above the one that is being typed. */
  print(line: string): void
  /** What stands before the line that is being typed; nothing where there is no terminal. */
  setPrompt(prompt: string): void
  close(): void
}

export interface TerminalEvents {
  line(text: string): void
  /** A key was pressed and something stands on the line. */
  key(): void
  /** Ctrl+D, Ctrl+C, or the end of standard input. */
  end(): void
}

export const openTerminal = (prompt: string, events: TerminalEvents): Terminal =>
  process.stdin.isTTY === true && process.stdout.isTTY === true ? openTty(prompt, events) : openPipe(events)

const openTty = (prompt: string, events: TerminalEvents): Terminal => {
  const { stdin, stdout } = process
  const readline = createInterface({
    input: stdin,
    output: stdout,
    terminal: true,
    prompt: printable(prompt),
  })
  let isOpen = true
  let typedRows = 0

  /** Takes the line being typed away, lets `change` write, and draws the line again as it was. */
  const above = (change: () => void): void => {
    if (!isOpen) {
      change()
      return
    }
    const { rows } = readline.getCursorPos()
    moveCursor(stdout, 0, -rows)
    cursorTo(stdout, 0)
    clearScreenDown(stdout)
    change()
    // Drawing begins as many rows up as the cursor stood below the first row of the line.
    stdout.write('\n'.repeat(rows))
    readline.prompt(true)
  }
  // Ahead of readline, which empties the line: what was typed comes back as a message, with its time and receipts.
  const onReturn = (_text: string | undefined, key: { name?: string } | undefined): void => {
    if (key?.name !== 'return' && key?.name !== 'enter') return
    readline.write(null, { ctrl: true, name: 'e' })
    typedRows = readline.getCursorPos().rows
  }
  const onKey = (): void => {
    if (readline.line !== '') events.key()
  }
  stdin.prependListener('keypress', onReturn)
  stdin.on('keypress', onKey)
  readline.on('line', (text) => {
    moveCursor(stdout, 0, -typedRows - 1)
    cursorTo(stdout, 0)
    clearScreenDown(stdout)
    events.line(text)
    if (isOpen) readline.prompt()
  })
  readline.on('close', () => {
    isOpen = false
    stdin.off('keypress', onReturn)
    stdin.off('keypress', onKey)
    stdout.write('\n')
    events.end()
  })
  readline.prompt()
  return {
    print: (line) => above(() => stdout.write(`${printable(line)}\n`)),
    setPrompt: (text) => above(() => readline.setPrompt(printable(text))),
    close: () => readline.close(),
  }
}

const openPipe = (events: TerminalEvents): Terminal => {
  let isOpen = true
  const read = async (): Promise<void> => {
    const lines = stdinLines()
    for (let text = await lines.next(); text !== null && isOpen; text = await lines.next()) events.line(text)
    if (isOpen) events.end()
  }
  void read()
  return {
    print: (line) => void process.stdout.write(`${printable(line)}\n`),
    setPrompt: () => {},
    close: () => {
      if (!isOpen) return
      isOpen = false
      events.end()
    },
  }
}
