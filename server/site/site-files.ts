import { existsSync } from 'node:fs'
import { extname, join } from 'node:path'
import { type Asset, type AssetOptions, PAGE_TYPES, readAssets, serverFolder } from '../http/assets.ts'

/** A file, and what of it was compressed when the web app was built. */
export interface SiteFile extends Asset {
  readonly br: Buffer | null
  readonly gzip: Buffer | null
}

/** By the path of its address, as `/assets/index-abc.js`. */
export type SiteFiles = ReadonlyMap<string, SiteFile>

const OPTIONS: AssetOptions = {
  maxFiles: 1_000,
  maxBytes: 64 * 1024 * 1024,
  types: {
    ...PAGE_TYPES,
    '.json': 'application/json; charset=utf-8',
    '.map': 'application/json; charset=utf-8',
    '.webmanifest': 'application/manifest+json; charset=utf-8',
    '.woff2': 'font/woff2',
    '.mp3': 'audio/mpeg',
    '.ogg': 'audio/ogg',
    '.wav': 'audio/wav',
    // Copies of others: never served by their own names.
    '.br': '',
    '.gz': '',
  },
}

/** Where the build puts the web app, from sources and from the bundle alike. */
export const siteFolder = (): string => join(serverFolder(), '..', 'web', 'dist')

/** Null when the web app is not built. Rejects when the folder holds more than a web app does. */
export const readSite = async (folder: string): Promise<SiteFiles | null> => {
  if (!existsSync(join(folder, 'index.html'))) return null
  const assets = await readAssets(folder, OPTIONS)
  const files = new Map<string, SiteFile>()
  for (const [path, asset] of assets) {
    if (['.br', '.gz'].includes(extname(path))) continue
    files.set(`/${path}`, {
      ...asset,
      br: assets.get(`${path}.br`)?.body ?? null,
      gzip: assets.get(`${path}.gz`)?.body ?? null,
    })
  }
  return files
}
