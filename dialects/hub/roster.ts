import type { Lease, LeaseChange, Leases } from '@parley/core'
import type { ConnectedUser } from '@parley/sockets'

/** The users of the hub on every node, one entry a user, kept up by their leases. */
export class Roster {
  readonly #users = new Map<string, { user: ConnectedUser; token: number }>()
  readonly #onJoined: (user: ConnectedUser) => void
  readonly #onLeft: (user: ConnectedUser) => void
  readonly #unwatch: () => void

  constructor(options: {
    leases: Leases
    onJoined: (user: ConnectedUser) => void
    onLeft: (user: ConnectedUser) => void
  }) {
    this.#onJoined = options.onJoined
    this.#onLeft = options.onLeft
    this.#unwatch = options.leases.watch('hub', (change) => this.#onChange(change))
  }

  *users(): Iterable<ConnectedUser> {
    for (const { user } of this.#users.values()) yield user
  }

  stop(): void {
    this.#unwatch()
  }

  #onChange({ type, lease }: LeaseChange): void {
    const known = this.#users.get(lease.key)
    switch (type) {
      case 'first':
        if (known === undefined) this.#join(lease)
        break
      case 'last':
        // News of an older holding than the one we know says nothing.
        if (known === undefined || lease.token < known.token) break
        this.#users.delete(lease.key)
        this.#onLeft(known.user)
        break
      case 'lost':
        break
    }
  }

  #join(lease: Lease): void {
    const user = toUser(lease)
    this.#users.set(lease.key, { user, token: lease.token })
    this.#onJoined(user)
  }
}

const toUser = ({ key, value }: Lease): ConnectedUser => ({
  userId: key,
  email: String(value['email']),
  name: String(value['name']),
  connectedAt: String(value['connectedAt']),
})
