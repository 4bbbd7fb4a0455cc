import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { dirname, extname, join, relative, sep } from 'node:path'

/** A file that is served as it is. */
export interface Asset {
  readonly type: string
  readonly body: Buffer
  readonly etag: string
}

/** Served by its exact path, so that no path leads anywhere else. */
export type Assets = ReadonlyMap<string, Asset>

/** What a folder may hold. */
export interface AssetOptions {
  readonly maxFiles: number
  /** Bytes of all files together. */
  readonly maxBytes: number
  /** By extension; files of other types are left out. */
  readonly types: Readonly<Record<string, string>>
}

export const PAGE_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
}
const SMALL_PAGE: AssetOptions = { maxFiles: 100, maxBytes: 8 * 1024 * 1024, types: PAGE_TYPES }

/** The files of a folder, by their path in it. Rejects when there are too many. */
export const readAssets = async (
  folder: string,
  { maxFiles, maxBytes, types }: AssetOptions = SMALL_PAGE,
): Promise<Map<string, Asset>> => {
  const assets = new Map<string, Asset>()
  let bytes = 0
  // Not opendir: of a folder of many files it leaves some out (Node 20).
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const type = types[extname(entry.name)]
    if (type === undefined || !entry.isFile()) continue
    const file = join(entry.parentPath, entry.name)
    bytes += (await stat(file)).size
    if (assets.size >= maxFiles || bytes > maxBytes) throw new Error(`too much to serve in ${folder}`)
    assets.set(relative(folder, file).split(sep).join('/'), toAsset(type, await readFile(file)))
  }
  return assets
}

export const toAsset = (type: string, body: Buffer): Asset => ({
  type,
  body,
  etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
})

/** The folder of the server's package, also from the bundle, which lies in it. */
export const serverFolder = (): string => {
  let folder = import.meta.dirname
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder)
    if (parent === folder) throw new Error('the package of the server was not found')
    folder = parent
  }
  return folder
}
