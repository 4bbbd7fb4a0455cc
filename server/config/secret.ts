import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ConfigError } from './config-error.ts'

const OWNER_ONLY = 0o600

/**
 * The signing secret of the embedded mode: made once, kept in `DATA_DIR/jwt-secret` (mode 0600).
 * Two processes that start at once get the same one, and a crash leaves none or a whole one.
 * Throws `ConfigError` when the folder cannot be written or the file holds less than 32 characters.
 */
export const loadSecret = (dataDir: string): string => {
  const path = join(dataDir, 'jwt-secret')
  try {
    if (!existsSync(path)) makeSecret(dataDir, path)
    chmodSync(path, OWNER_ONLY)
    const secret = readFileSync(path, 'utf8').trim()
    if (secret.length >= 32) return secret
  } catch (cause) {
    throw new ConfigError(`DATA_DIR must be a folder that can be written (${dataDir})`, {
      cause,
    })
  }
  throw new ConfigError(
    `JWT_SECRET in ${path} must be at least 32 characters; delete the file to get a new one`,
  )
}

const makeSecret = (dataDir: string, path: string): void => {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`
  writeFileSync(draft, `${randomBytes(48).toString('base64url')}\n`, { mode: OWNER_ONLY, flag: 'wx' })
  try {
    // A link either makes the whole file or fails as another process was first.
    linkSync(draft, path)
  } catch (error) {
    if (!existsSync(path)) throw error
  } finally {
    rmSync(draft, { force: true })
  }
}
