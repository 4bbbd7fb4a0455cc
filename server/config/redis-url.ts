import { ConfigError } from './config-error.ts'

/** Null: unset. Throws `ConfigError` for anything but redis:// and rediss://; the address is not repeated: it may hold a password. */
export const parseRedisUrl = (url: string | undefined): string | null => {
  if (url === undefined) return null
  const parsed = URL.canParse(url) ? new URL(url) : null
  const isKnown = parsed?.protocol === 'redis:' || parsed?.protocol === 'rediss:'
  // What the client would read out of a query is not for the environment to set.
  if (isKnown && parsed.hostname !== '' && parsed.search === '' && parsed.hash === '') return url
  throw new ConfigError(
    'REDIS_URL must be redis://HOST:PORT or rediss://HOST:PORT, with USER:PASSWORD@ if need be',
  )
}
