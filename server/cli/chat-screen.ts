import { clearLine, createInterface, cursorTo, type Interface } from 'node:readline'
import type { ChatEvents, ChatLine } from './chat-session.ts'

/** Typing ends this long after the last key (ms). */
const TYPING_IDLE = 1_000

/** Where the person sits: prints above the line that is being typed, and reads what is typed. */
export class ChatScreen implements ChatEvents {
  readonly #peerName: string
  readonly #readline: Interface
  readonly #isTerminal: boolean
  readonly #onTyping: (isTyping: boolean) => void
  #typingTimer: NodeJS.Timeout | null = null
  onEnded: (reason: string) => void = () => {}

  constructor(options: {
    me: string
    peerName: string
    onText: (text: string) => void
    onTyping: (isTyping: boolean) => void
    onQuit: () => void
  }) {
    this.#peerName = options.peerName
    this.#onTyping = options.onTyping
    this.#isTerminal = process.stdin.isTTY === true && process.stdout.isTTY === true
    this.#readline = createInterface({
      input: process.stdin,
      output: process.stdout,
      terminal: this.#isTerminal,
      prompt: this.#isTerminal ? `${options.me}> ` : '',
    })
    this.#readline.on('line', (text) => {
      this.#stopTyping()
      if (text.trim() === '/quit') this.#readline.close()
      else if (text.trim() !== '') options.onText(text.trim())
      this.#readline.prompt()
    })
    this.#readline.on('close', options.onQuit)
    if (this.#isTerminal)
      process.stdin.on('keypress', (_text, key: { name?: string }) => this.#onKey(key.name))
    this.#readline.prompt()
  }

  line({ mine, text, at }: ChatLine): void {
    this.#print(`[${timeOf(at)}] ${mine ? 'you' : this.#peerName}: ${text}`)
  }

  status(_id: string, text: string, status: 'sent' | 'delivered'): void {
    this.#print(status === 'sent' ? `[${timeOf()}] you: ${text}  ✓` : `  ✓✓ delivered: ${shorten(text)}`)
  }

  read(at: string): void {
    this.#print(`  ${this.#peerName} has read your messages (${timeOf(at)})`)
  }

  typing(isTyping: boolean): void {
    this.#print(isTyping ? `  ${this.#peerName} is typing …` : `  ${this.#peerName} stopped typing`)
  }

  presence(isOnline: boolean): void {
    this.#print(`  ${this.#peerName} is ${isOnline ? 'online' : 'offline'}`)
  }

  notice(text: string): void {
    this.#print(`  ${text}`)
  }

  ended(reason: string): void {
    this.#print(`  ${reason}`)
    this.onEnded(reason)
  }

  close(): void {
    this.#readline.close()
  }

  #onKey(name: string | undefined): void {
    if (name === 'return' || name === 'enter' || this.#readline.line === '') return
    if (this.#typingTimer === null) this.#onTyping(true)
    else clearTimeout(this.#typingTimer)
    this.#typingTimer = setTimeout(() => this.#stopTyping(), TYPING_IDLE)
  }

  #stopTyping(): void {
    if (this.#typingTimer === null) return
    clearTimeout(this.#typingTimer)
    this.#typingTimer = null
    this.#onTyping(false)
  }

  /** Above the line being typed, which stays as it was. */
  #print(text: string): void {
    if (this.#isTerminal) {
      clearLine(process.stdout, 0)
      cursorTo(process.stdout, 0)
    }
    process.stdout.write(`${printable(text)}\n`)
    if (this.#isTerminal) this.#readline.prompt(true)
  }
}

const timeOf = (iso: string = new Date().toISOString()): string => {
  const date = new Date(iso)
  return [date.getHours(), date.getMinutes()].map((part) => String(part).padStart(2, '0')).join(':')
}

const shorten = (text: string): string => (text.length > 40 ? `${text.slice(0, 40)}…` : text)

/** What others wrote must not steer this terminal: control characters, escape sequences and bidi overrides go. */
const printable = (text: string): string => text.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, ' ')
