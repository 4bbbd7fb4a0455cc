import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { ConfigError } from './config.ts'

/** Makes the folder of a database file, readable by its owner alone. Throws a `ConfigError` that names it when it cannot. */
export const ensureFolder = (file: string): void => {
  const folder = dirname(file)
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  } catch (cause) {
    throw new ConfigError(`DATA_DIR must be a folder that can be written (${folder})`, { cause })
  }
}
