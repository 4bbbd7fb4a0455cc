import { Redis } from 'ioredis'

/** How often both connections are asked whether they live (ms). */
const PING_INTERVAL = 1_000
/** How long the answer may take (ms): a Redis that hangs is away after `PING_INTERVAL` + this, 2.5 s. */
const PING_PATIENCE = 1_500
/** How long a connection may take from TCP to ready (ms): Redis loads its data meanwhile, or hangs. */
const READY_PATIENCE = 5_000
const CONNECT_TIMEOUT = 2_000
/** Longest wait between two attempts to connect (ms): part of the 3 s within which nodes converge. */
const MAX_RETRY_DELAY = 500
/** Wait before a resumption that failed is tried again (ms). */
const RESUME_RETRY = 500

export interface RedisLinkOptions {
  /** `redis://` or `rediss://`, with the password in it if there is one. Never told to anybody. */
  readonly url: string
  /** Told once an outage, and of what hostile or broken replies say. */
  readonly onError: (error: unknown) => void
}

/** Makes something hold again after a break. Rejects when it could not. */
export type Resume = () => Promise<void>

/**
 * Two connections to one Redis: one for commands, one that is subscribed. It is up while both answer and everything that
 * has to be said anew after a break was said.
 */
export class RedisLink {
  readonly commands: Redis
  readonly subscriber: Redis
  readonly #onError: (error: unknown) => void
  readonly #resumes: Resume[] = []
  readonly #ready = new Set<() => void>()
  readonly #restored = new Set<() => void>()
  readonly #timer: NodeJS.Timeout
  /** Since when a connection is open and not ready (monotonic ms). */
  readonly #openSince = new Map<Redis, number>()
  #isUp = false
  #isClosed = false
  #wasTold = false
  #ups = 0
  #generation = 0

  constructor({ url, onError }: RedisLinkOptions) {
    this.#onError = onError
    this.commands = this.#connection(url)
    this.subscriber = this.#connection(url)
    this.#timer = setInterval(() => this.#watch(), PING_INTERVAL)
    this.#timer.unref()
  }

  get isUp(): boolean {
    return this.#isUp
  }

  /** How often it came up again after a break. */
  get reconnects(): number {
    return Math.max(0, this.#ups - 1)
  }

  /** Said in this order after every connect. To be called before `start`. */
  addResume(resume: Resume): void {
    this.#resumes.push(resume)
  }

  /** Rises with every connect and every break: what was begun under another number may be lost. */
  get generation(): number {
    return this.#generation
  }

  /** Called each time the link is up. */
  onUp(listener: () => void): () => void {
    this.#ready.add(listener)
    return () => this.#ready.delete(listener)
  }

  /** Called each time the link is up again after a break, not the first time. */
  onRestored(listener: () => void): () => void {
    this.#restored.add(listener)
    return () => this.#restored.delete(listener)
  }

  /** Resolves when it is up, or after `patience` ms: then it goes on trying. */
  async start(patience: number): Promise<void> {
    for (const client of [this.commands, this.subscriber]) client.connect().catch(() => {})
    const end = performance.now() + patience
    while (!this.#isUp && !this.#isClosed && performance.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }

  close(): Promise<void> {
    this.#isClosed = true
    this.#isUp = false
    this.#generation += 1
    clearInterval(this.#timer)
    this.#ready.clear()
    this.#restored.clear()
    for (const client of [this.commands, this.subscriber]) client.disconnect()
    return Promise.resolve()
  }

  #connection(url: string): Redis {
    const client = new Redis(url, {
      lazyConnect: true,
      // What cannot be sent now fails now: who asks has something else to do then.
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      autoResubscribe: false,
      maxRetriesPerRequest: 0,
      connectTimeout: CONNECT_TIMEOUT,
      disconnectTimeout: 100,
      keepAlive: 5_000,
      retryStrategy: (attempt) => Math.min(50 * attempt, MAX_RETRY_DELAY),
    })
    client.on('error', (error: unknown) => this.#report(error))
    client.on('connect', () => this.#openSince.set(client, performance.now()))
    client.on('ready', () => {
      this.#openSince.delete(client)
      this.#onReady()
    })
    client.on('close', () => this.#onBreak())
    return client
  }

  #onReady(): void {
    if (this.commands.status !== 'ready' || this.subscriber.status !== 'ready') return
    this.#generation += 1
    void this.#resume(this.#generation)
  }

  #onBreak(): void {
    this.#generation += 1
    this.#isUp = false
  }

  async #resume(generation: number): Promise<void> {
    const isStale = (): boolean => this.#isClosed || generation !== this.#generation
    try {
      for (const resume of this.#resumes) {
        await resume()
        if (isStale()) return
      }
    } catch (error) {
      if (isStale()) return
      this.#report(error)
      setTimeout(() => {
        if (!isStale()) void this.#resume(generation)
      }, RESUME_RETRY).unref()
      return
    }
    this.#isUp = true
    this.#wasTold = false
    this.#ups += 1
    for (const listener of [...this.#ready]) listener()
    if (this.#ups > 1) for (const listener of [...this.#restored]) listener()
  }

  #watch(): void {
    for (const client of [this.commands, this.subscriber]) {
      if (client.status === 'ready') void this.#ping(client)
      else {
        const since = this.#openSince.get(client)
        if (since !== undefined && performance.now() - since > READY_PATIENCE) this.#cut(client)
      }
    }
  }

  async #ping(client: Redis): Promise<void> {
    const { stream } = client
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error('Redis does not answer')), PING_PATIENCE)
    })
    try {
      await Promise.race([client.ping(), late])
    } catch (error) {
      // It broke off, and is another connection by now.
      if (client.stream !== stream || client.status !== 'ready' || this.#isClosed) return
      this.#report(error)
      this.#cut(client)
    } finally {
      clearTimeout(timer)
    }
  }

  #cut(client: Redis): void {
    this.#openSince.delete(client)
    this.#onBreak()
    client.disconnect(true)
  }

  #report(error: unknown): void {
    if (this.#isClosed || this.#wasTold) return
    this.#wasTold = true
    this.#onError(error)
  }
}
