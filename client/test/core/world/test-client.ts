import type { Parley } from '../../../api/parley.ts'
import type { ClientStorage } from '../../../api/storage.ts'
import { createParley } from '../../../create-parley.ts'
import type { Environment } from '../../../environment.ts'
import { memoryStorage } from '../../../storage/memory.ts'
// Loaded later by the client: here already, as loading takes time that no test holds.
import '../../../keeper.ts'
import '../../../rest-side.ts'
import { CoreHttp } from './core-http.ts'
import { LineSocket } from './line-socket.ts'
import type { LineWorld, TestUser } from './line-world.ts'

/** A client of the SDK in a `LineWorld`, which can be killed and made again with what it kept. */
export class TestClient {
  readonly user: TestUser
  readonly #world: LineWorld
  readonly #storage = memoryStorage()
  http!: CoreHttp
  socket!: LineSocket
  parley!: Parley
  /** Ends everything that the running one does. */
  #kill: () => void = () => undefined

  constructor(world: LineWorld, user: TestUser) {
    this.#world = world
    this.user = user
    this.start()
  }

  start(): void {
    const world = this.#world
    const { user } = this
    let isAlive = true
    const environment: Environment = {
      now: () => world.clock.now(),
      random: world.random,
      after(ms, run) {
        const timer = world.clock.after(ms, () => {
          if (isAlive) run()
        })
        return () => timer.cancel()
      },
    }
    const http = new CoreHttp(() => world.core, user)
    const socket = new LineSocket(world.accept, environment)
    this.http = http
    this.socket = socket
    this.#kill = () => {
      isAlive = false
      http.pending.length = 0
      socket.disconnect()
    }
    this.parley = createParley(
      { url: 'http://parley.test', token: tokenOf(user), storage: whileAlive(this.#storage, () => isAlive) },
      { environment, openSocket: () => socket, http },
    )
  }

  /** As a process that is killed: nothing is said, nothing more is kept. */
  kill(): void {
    this.#kill()
  }
}

/** A dead process writes nothing. */
const whileAlive = (storage: ClientStorage, isAlive: () => boolean): ClientStorage => ({
  async open(scope) {
    const { outbox, kept, clear, close } = await storage.open(scope)
    const guarded =
      <A extends readonly unknown[], R>(run: (...args: A) => Promise<R>) =>
      (...args: A): Promise<R> =>
        isAlive() ? run(...args) : new Promise<R>(() => undefined)
    return {
      outbox: { all: outbox.all, put: guarded(outbox.put), remove: guarded(outbox.remove) },
      kept: {
        load: kept.load,
        saveEpoch: guarded(kept.saveEpoch),
        save: guarded(kept.save),
        remove: guarded(kept.remove),
      },
      clear: guarded(clear),
      close,
    }
  },
})

/** A token that says who it is of; the signature is nobody's. */
export const tokenOf = (user: { readonly id: string; readonly username: string }, exp?: number): string => {
  const claims = { userId: user.id, username: user.username, ...(exp === undefined ? {} : { exp }) }
  return `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.sig`
}
