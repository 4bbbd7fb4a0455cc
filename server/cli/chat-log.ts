import type { ChatEvents, Mark } from './chat-session.ts'
import { shorten } from './printable.ts'

interface HeldLine {
  readonly id: string
  readonly text: string
  readonly at: string
  readonly until: number
  mark: Mark | null
}

/** How long a line of one's own waits for its receipts before it is printed (ms). */
const PATIENCE = 300
const SIGNS: Record<Mark, string> = { sent: ' ✓', delivered: ' ✓✓', read: ' ✓✓ read' }

/** Puts into lines what happens. Receipts that come at once stand on the message's own line. */
export class ChatLog implements ChatEvents {
  readonly #peerName: string
  readonly #print: (line: string) => void
  readonly #showTyping: (isTyping: boolean) => void
  #held: HeldLine[] = []
  #timer: NodeJS.Timeout | null = null

  constructor(options: {
    peerName: string
    print: (line: string) => void
    showTyping: (isTyping: boolean) => void
  }) {
    this.#peerName = options.peerName
    this.#print = options.print
    this.#showTyping = options.showTyping
  }

  line({ mine, text, at, mark }: { mine: boolean; text: string; at: string; mark: Mark | null }): void {
    this.#say(`[${timeOf(at)}] ${mine ? 'you' : this.#peerName}: ${text}${mark === null ? '' : SIGNS[mark]}`)
  }

  sending(id: string, text: string): void {
    const at = new Date().toISOString()
    this.#held.push({ id, text, at, until: performance.now() + PATIENCE, mark: null })
    this.#timer ??= setTimeout(() => this.#release(), PATIENCE)
  }

  mark(id: string, text: string, mark: Mark): void {
    const held = this.#held.find((line) => line.id === id)
    if (held !== undefined) held.mark = mark
    else this.#say(`  ${mark === 'sent' ? '✓ sent' : '✓✓ delivered'}: ${shorten(text)}`)
  }

  read(at: string): void {
    const last = this.#held.at(-1)
    if (last === undefined || last.mark === null) {
      this.#say(`  ${this.#peerName} has read your messages (${timeOf(at)})`)
      return
    }
    for (const line of this.#held) if (line.mark !== null) line.mark = 'read'
    this.flush()
  }

  typing(isTyping: boolean): void {
    this.#showTyping(isTyping)
  }

  presence(isOnline: boolean): void {
    this.#say(`  ${this.#peerName} is ${isOnline ? 'online' : 'offline'}`)
  }

  notice(text: string): void {
    this.#say(`  ${text}`)
  }

  refused(id: string, text: string, reason: string): void {
    this.#held = this.#held.filter((line) => line.id !== id)
    this.#say(`  not sent: ${shorten(text)}: ${reason}`)
  }

  /** Prints what still waits for its receipts. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    for (const { text, at, mark } of this.#held.splice(0)) {
      this.#print(`[${timeOf(at)}] you: ${text}${mark === null ? '' : SIGNS[mark]}`)
    }
  }

  #release(): void {
    this.#timer = null
    const now = performance.now()
    const due = this.#held.filter(({ until }) => until <= now)
    const rest = this.#held.slice(due.length)
    this.#held = due
    this.flush()
    this.#held = rest
    if (rest[0] !== undefined) this.#timer = setTimeout(() => this.#release(), rest[0].until - now)
  }

  /** Nothing overtakes what was written before it. */
  #say(line: string): void {
    this.flush()
    this.#print(line)
  }
}

const timeOf = (iso: string): string => {
  const date = new Date(iso)
  return [date.getHours(), date.getMinutes()].map((part) => String(part).padStart(2, '0')).join(':')
}
