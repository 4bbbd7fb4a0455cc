import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { registerWorker } from '../../src/pwa/register.ts'
import { TAKE_OVER } from '../../src/pwa/take-over.ts'

class Worker extends EventTarget {
  state = 'installing'
  readonly told: unknown[] = []
  postMessage(message: unknown): void {
    this.told.push(message)
  }
  become(state: string): void {
    this.state = state
    this.dispatchEvent(new Event('statechange'))
  }
}

class Registration extends EventTarget {
  installing: Worker | null = null
  waiting: Worker | null = null
  updates = 0
  async update(): Promise<void> {
    this.updates += 1
  }
  find(worker: Worker): void {
    this.installing = worker
    this.dispatchEvent(new Event('updatefound'))
  }
}

class Workers extends EventTarget {
  controller: object | null = {}
  readonly registration = new Registration()
  readonly registered: unknown[][] = []
  async register(...args: unknown[]): Promise<Registration> {
    this.registered.push(args)
    return this.registration
  }
}

let workers: Workers
let reloads: number
const settled = () => new Promise((resolve) => setImmediate(resolve))
const start = async () => {
  const offers: (() => void)[] = []
  registerWorker((takeOver) => offers.push(takeOver))
  await settled()
  return offers
}

beforeEach(() => {
  workers = new Workers()
  reloads = 0
  vi.stubEnv('PROD', true)
  vi.stubGlobal('navigator', { serviceWorker: workers })
  vi.stubGlobal('document', { readyState: 'complete' })
  vi.stubGlobal('location', {
    reload: () => {
      reloads += 1
    },
  })
  vi.useFakeTimers({ toFake: ['setInterval'] })
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
  vi.unstubAllEnvs()
})

describe('registering the worker', () => {
  it('PWA-4 tells of a version that came while the app was open, and loads anew when it shall take over', async () => {
    const offers = await start()
    expect(workers.registered).toEqual([['/sw.js', { updateViaCache: 'none' }]])
    const worker = new Worker()
    workers.registration.find(worker)
    worker.become('installed')
    expect([offers.length, worker.told, reloads]).toEqual([1, [], 0])
    offers[0]!()
    expect([worker.told, reloads]).toEqual([[TAKE_OVER], 0])
    workers.dispatchEvent(new Event('controllerchange'))
    expect(reloads).toBe(1)
  })

  it('PWA-4 tells of a version that waits since the last time', async () => {
    workers.registration.waiting = new Worker()
    expect(await start()).toHaveLength(1)
  })

  it('PWA-4 says nothing of the first version', async () => {
    workers.controller = null
    const offers = await start()
    const worker = new Worker()
    workers.registration.find(worker)
    worker.become('installed')
    expect(offers).toEqual([])
  })

  it('PWA-4 asks for a new version every hour', async () => {
    await start()
    vi.advanceTimersByTime(2.5 * 60 * 60_000)
    expect(workers.registration.updates).toBe(2)
  })

  it('PWA-6 gives the address through a policy that takes no other', async () => {
    const rules: { createScriptURL(url: string): string }[] = []
    vi.stubGlobal('trustedTypes', {
      createPolicy: (name: string, rule: { createScriptURL(url: string): string }) => {
        expect(name).toBe('parley-worker')
        rules.push(rule)
        return { createScriptURL: (url: string) => `trusted ${rule.createScriptURL(url)}` }
      },
    })
    await start()
    expect(workers.registered[0]![0]).toBe('trusted /sw.js')
    expect(() => rules[0]!.createScriptURL('/other.js')).toThrow(TypeError)
  })

  it('PWA-6 does nothing where there are no workers, nor in development', async () => {
    vi.stubEnv('PROD', false)
    await start()
    expect(workers.registered).toEqual([])
    vi.stubEnv('PROD', true)
    vi.stubGlobal('navigator', {})
    expect(await start()).toEqual([])
  })
})
