import { TAKE_OVER } from './take-over.ts'

/** The app is open all day: how often it asks for a new version (ms). */
const LOOK_EVERY = 60 * 60_000
const WORKER = '/sw.js'

/** A new version is there and waits for the next start; `takeOver` loads the page anew with it at once. */
export type NewVersionListener = (takeOver: () => void) => void

/**
 * Lets the app open without a network: registers the service worker once the page is loaded. Does nothing in
 * development and where a browser has none (an insecure origin). `onNewVersion` is called at most once a version.
 */
export const registerWorker = (onNewVersion: NewVersionListener): void => {
  if (!import.meta.env.PROD || !('serviceWorker' in navigator)) return
  const start = (): void => {
    // An app that cannot be kept works all the same.
    register(navigator.serviceWorker, onNewVersion).catch(() => {})
  }
  if (document.readyState === 'complete') start()
  else addEventListener('load', start, { once: true })
}

const register = async (workers: ServiceWorkerContainer, onNewVersion: NewVersionListener): Promise<void> => {
  const registration = await workers.register(workerUrl(), { updateViaCache: 'none' })
  const tell = (worker: ServiceWorker): void => onNewVersion(() => takeOver(workers, worker))
  // Without a controller it is the first version, which nobody has to be told of.
  if (registration.waiting !== null && workers.controller !== null) tell(registration.waiting)
  registration.addEventListener('updatefound', () => {
    const worker = registration.installing
    worker?.addEventListener('statechange', () => {
      if (worker.state === 'installed' && workers.controller !== null) tell(worker)
    })
  })
  setInterval(() => void registration.update().catch(() => {}), LOOK_EVERY)
}

const takeOver = (workers: ServiceWorkerContainer, worker: ServiceWorker): void => {
  workers.addEventListener('controllerchange', () => location.reload(), { once: true })
  worker.postMessage(TAKE_OVER)
}

interface TrustedTypes {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): { createScriptURL(url: string): unknown }
}

/** The page's policy takes an address of a script only from a policy that it names (server/site/policy.ts). */
const workerUrl = (): string => {
  const { trustedTypes } = globalThis as { readonly trustedTypes?: TrustedTypes }
  const policy = trustedTypes?.createPolicy('parley-worker', {
    createScriptURL: (url) => {
      if (url !== WORKER) throw new TypeError('not the service worker of Parley')
      return url
    },
  })
  return policy === undefined ? WORKER : (policy.createScriptURL(WORKER) as string)
}
