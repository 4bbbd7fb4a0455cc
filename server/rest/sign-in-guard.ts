import type { IncomingMessage } from 'node:http'
import type { LimitAnswer, Observer } from '@parley/core'
import { type Account, Fault } from '@parley/model'
import type { Accounts } from '../accounts/accounts.ts'
import type { ClientAddresses } from '../client-address.ts'
import { isLoopback } from '../config/loopback.ts'
import type { RestLimits } from './ports.ts'

/** Attempts that may wait behind one another for one address and account; more are refused at once. */
const MAX_WAITING = 100

export interface SignInGuardDependencies {
  readonly accounts: Accounts
  readonly limits: RestLimits
  readonly addresses: ClientAddresses
  readonly observer: Observer
}

export type Refusal = Extract<LimitAnswer, { ok: false }>

/** LIMIT_LOGIN and LIMIT_REGISTER, the same for our routes and Better Auth's. */
export class SignInGuard {
  readonly #with: SignInGuardDependencies
  /** The last attempt of each subject: guesses sent at once must not all pass before the first one failed. */
  readonly #queues = new Map<string, { last: Promise<unknown>; waiting: number }>()

  constructor(dependencies: SignInGuardDependencies) {
    this.#with = dependencies
  }

  /** Runs attempts on one account from one address one after another, until LIMIT_LOGIN of them failed. */
  async attempt<T>(
    request: IncomingMessage,
    login: { email?: string | undefined; username?: string | undefined },
    run: (account: Account | null) => Promise<T>,
    isFailure: (answer: T) => boolean = () => false,
  ): Promise<T | Refusal> {
    const { accounts, addresses } = this.#with
    const account = await accounts.findByLogin(login)
    const name = account?.id ?? (login.email ?? login.username ?? '').toLowerCase().slice(0, 320)
    const subject = `${addresses.subjectOf(request)} ${name}`
    return this.#inTurn(subject, () => this.#tryOnce(request, subject, account, run, isFailure))
  }

  /** Counts a registration; loopback is spared. */
  register(request: IncomingMessage): LimitAnswer {
    const { limits, addresses } = this.#with
    const address = addresses.of(request)
    if (isLoopback(address)) return { ok: true }
    const answer = limits.hit('register', addresses.subjectOf(request))
    if (!answer.ok && answer.isFirst) this.#audit('limit reached', request, { limit: 'register' })
    return answer
  }

  async #tryOnce<T>(
    request: IncomingMessage,
    subject: string,
    account: Account | null,
    run: (account: Account | null) => Promise<T>,
    isFailure: (answer: T) => boolean,
  ): Promise<T | Refusal> {
    const { limits } = this.#with
    const userId = account?.id ?? null
    const limit = limits.peek('login', subject)
    if (!limit.ok) {
      this.#audit('limit reached', request, { limit: 'login', userId })
      return limit
    }
    const note = (failed: boolean) => {
      if (failed) limits.hit('login', subject)
      this.#audit(failed ? 'sign-in failed' : 'signed in', request, { userId })
    }
    try {
      const answer = await run(account)
      note(isFailure(answer))
      return answer
    } catch (error) {
      // The database being away is nobody's wrong guess.
      if (error instanceof Fault && error.status < 500) note(true)
      throw error
    }
  }

  async #inTurn<T>(subject: string, task: () => Promise<T>): Promise<T | Refusal> {
    const queue = this.#queues.get(subject) ?? { last: Promise.resolve(), waiting: 0 }
    if (queue.waiting >= MAX_WAITING) return { ok: false, retryAfterMs: 10_000, isFirst: false }
    this.#queues.set(subject, queue)
    queue.waiting += 1
    const mine = queue.last.then(task, task)
    queue.last = mine
    try {
      return await mine
    } finally {
      queue.waiting -= 1
      if (queue.waiting === 0) this.#queues.delete(subject)
    }
  }

  #audit(event: string, request: IncomingMessage, fields: Readonly<Record<string, string | null>>): void {
    this.#with.observer.audit(event, { ...fields, address: this.#with.addresses.of(request) })
  }
}

const SIGN_UPS = new Set(['/api/auth/sign-up/email', '/api/auth/sign-in/anonymous'])

/** The guard in front of Better Auth's own routes. */
export const guardSignIn = async (
  guard: SignInGuard,
  { path, body, request }: { path: string; body: Buffer; request: IncomingMessage },
  run: () => Promise<Response>,
): Promise<Response | Refusal> => {
  if (SIGN_UPS.has(path)) {
    const limit = guard.register(request)
    return limit.ok ? run() : limit
  }
  if (!path.startsWith('/api/auth/sign-in/') || request.method !== 'POST') return run()
  return guard.attempt(request, loginIn(body), run, ({ status }) => status >= 400 && status < 500)
}

/** JSON or a form: what it is about; nobody when it is neither. */
const loginIn = (body: Buffer): { email?: string; username?: string } => {
  const text = body.toString('utf8')
  let fields: Record<string, unknown>
  try {
    fields = JSON.parse(text) as Record<string, unknown>
  } catch {
    fields = Object.fromEntries(new URLSearchParams(text))
  }
  if (typeof fields !== 'object' || fields === null) return {}
  const { email, username } = fields
  if (typeof email === 'string') return { email }
  return typeof username === 'string' ? { username } : {}
}
