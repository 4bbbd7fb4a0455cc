/** The files of one build of the app, filled in by the build (web/build/service-worker.ts). */
export interface Shell {
  /** Changes with any file. */
  readonly version: string
  /** Paths; the page itself is `/`. */
  readonly files: readonly string[]
}

export interface ShellCacheOptions {
  readonly shell: Shell
  readonly origin: string
  readonly caches: CacheStorage
  readonly fetch: (request: Request) => Promise<Response>
  /** How long a page may take to come from the network (ms). */
  readonly patience?: number
}

const PREFIX = 'parley-shell-'
const PATIENCE = 3_000

/** What the server says there is of this moment, and often of one person: never kept, never answered from here. */
const LIVE = ['/api', '/admin', '/metrics', '/socket.io', '/ws', '/signal', '/peerjs']

/** Keeps the files of the app, so that it opens without a network. Nothing that anybody wrote is in it. */
export class ShellCache {
  readonly #options: ShellCacheOptions
  readonly #name: string
  readonly #files: ReadonlySet<string>

  constructor(options: ShellCacheOptions) {
    this.#options = options
    this.#name = `${PREFIX}${options.shell.version}`
    this.#files = new Set(options.shell.files)
  }

  /** Fetches every file. Rejects when one does not come, and the older version stays. */
  async fill(): Promise<void> {
    const { caches, origin, shell } = this.#options
    const cache = await caches.open(this.#name)
    // `no-cache`: what the browser holds is used where the server says that it is still the same.
    await cache.addAll(shell.files.map((path) => new Request(`${origin}${path}`, { cache: 'no-cache' })))
  }

  /** Drops what other versions kept. */
  async dropOthers(): Promise<void> {
    const { caches } = this.#options
    const others = (await caches.keys()).filter((name) => name.startsWith(PREFIX) && name !== this.#name)
    await Promise.all(others.map((name) => caches.delete(name)))
  }

  /** Null: the browser asks the network itself. */
  answer(request: Request): Promise<Response> | null {
    const url = new URL(request.url)
    if (request.method !== 'GET' || url.origin !== this.#options.origin) return null
    const { pathname } = url
    if (LIVE.some((prefix) => pathname === prefix || pathname.startsWith(`${prefix}/`))) return null
    if (request.mode === 'navigate') return this.#page(request)
    return this.#files.has(pathname) ? this.#file(request, pathname) : null
  }

  async #file(request: Request, path: string): Promise<Response> {
    return (await this.#kept(path)) ?? this.#options.fetch(request)
  }

  /** The server's page, as it may be newer; the kept one when the server is away, ill or slow. */
  async #page(request: Request): Promise<Response> {
    const fromServer = this.#options.fetch(request)
    const quick = await Promise.race([fromServer.catch(() => null), this.#outOfPatience()])
    if (quick !== null && quick.status < 500) return quick
    return (await this.#kept('/')) ?? quick ?? fromServer
  }

  #outOfPatience(): Promise<null> {
    return new Promise((resolve) => setTimeout(() => resolve(null), this.#options.patience ?? PATIENCE))
  }

  async #kept(path: string): Promise<Response | undefined> {
    const { caches, origin } = this.#options
    const cache = await caches.open(this.#name)
    return cache.match(`${origin}${path}`, { ignoreVary: true })
  }
}
