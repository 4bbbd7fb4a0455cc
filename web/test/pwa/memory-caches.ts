/** A `CacheStorage` of answers by address, and what `fetch` was asked for. */
export class MemoryCaches {
  readonly caches = new Map<string, Map<string, Response>>()
  readonly asked: Request[] = []
  /** Answers the network; throws when it is away. */
  network: (request: Request) => Promise<Response>

  constructor(network: (request: Request) => Promise<Response>) {
    this.network = network
  }

  readonly fetch = (request: Request): Promise<Response> => {
    this.asked.push(request)
    return this.network(request)
  }

  get storage(): CacheStorage {
    const storage = {
      open: async (name: string) => this.#open(name),
      keys: async () => [...this.caches.keys()],
      delete: async (name: string) => this.caches.delete(name),
    }
    return storage as unknown as CacheStorage
  }

  #open(name: string): Pick<Cache, 'addAll'> & { match(url: string): Promise<Response | undefined> } {
    const kept = this.caches.get(name) ?? new Map<string, Response>()
    this.caches.set(name, kept)
    return {
      // As in a browser: all or nothing.
      addAll: async (requests) => {
        const answers = await Promise.all([...requests].map((request) => this.fetch(request as Request)))
        if (answers.some(({ ok }) => !ok)) throw new TypeError('a file did not come')
        for (const [index, request] of [...requests].entries())
          kept.set((request as Request).url, answers[index]!)
      },
      match: async (url) => kept.get(url)?.clone(),
    }
  }
}
