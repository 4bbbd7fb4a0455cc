import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { opendir, readFile, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, extname, join, relative, sep } from 'node:path'

/** A file that is served as it is. */
export interface Asset {
  readonly type: string
  readonly body: Buffer
  readonly etag: string
}

/** Served by its exact path, so that no path leads anywhere else. */
export type Assets = ReadonlyMap<string, Asset>

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
}
const MAX_FILES = 100
/** Bytes of all files together. */
const MAX_BYTES = 8 * 1024 * 1024

/** The files of a folder of the types above, by their path in it. Rejects when there are too many. */
export const readAssets = async (folder: string): Promise<Map<string, Asset>> => {
  const assets = new Map<string, Asset>()
  let bytes = 0
  for await (const entry of await opendir(folder, { recursive: true })) {
    const type = TYPES[extname(entry.name)]
    if (type === undefined || !entry.isFile()) continue
    const file = join(entry.parentPath, entry.name)
    bytes += (await stat(file)).size
    if (assets.size >= MAX_FILES || bytes > MAX_BYTES) throw new Error(`too much to serve in ${folder}`)
    assets.set(relative(folder, file).split(sep).join('/'), toAsset(type, await readFile(file)))
  }
  return assets
}

export const toAsset = (type: string, body: Buffer): Asset => ({
  type,
  body,
  etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
})

/** The folder `name` of this one, also from the bundle: both are in the package of the server. */
export const adminFolder = (name: string): string => {
  let folder = import.meta.dirname
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder)
    if (parent === folder) throw new Error('the package of the server was not found')
    folder = parent
  }
  return join(folder, 'admin', name)
}

/** Where `@socket.io/admin-ui` keeps its pages. */
export const socketIoUiFolder = (): string =>
  join(dirname(createRequire(import.meta.url).resolve('@socket.io/admin-ui')), '..', 'ui', 'dist')
