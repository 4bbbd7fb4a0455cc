import { type Asset, readAssets, toAsset } from '../http/assets.ts'
import { adminFolder, socketIoUiFolder } from './assets.ts'

/** Opening tags of links and scripts, a script with its end. */
const LOADING_TAG = /<link\b[^>]*>|<script\b[^>]*>[\s\S]*?<\/script>/gi
const FOREIGN = /\b(?:href|src)\s*=\s*["']?\s*(?:https?:)?\/\//i
const OWN_PARTS = '<link href="parley.css" rel="stylesheet"><script src="parley.js"></script>'

/**
 * The page of `@socket.io/admin-ui` without what it loads from third parties (fonts, icons), and with our own icons and
 * connection in their place. Throws when a newer version of it would load something that this does not know of.
 */
export const rewritePage = (html: string): string => {
  const kept = html.replace(LOADING_TAG, (tag) => (FOREIGN.test(tag) ? '' : tag))
  if (!kept.includes('</head>')) throw new Error('the page of @socket.io/admin-ui has no head')
  if (FOREIGN.test(kept)) throw new Error('the page of @socket.io/admin-ui loads from a third party')
  return kept.replace('</head>', `${OWN_PARTS}</head>`)
}

/** Everything under `/admin/socket.io/`. */
export const readSocketIoUi = async (): Promise<ReadonlyMap<string, Asset>> => {
  const [theirs, ours] = await Promise.all([
    readAssets(socketIoUiFolder()),
    readAssets(adminFolder('socket-io-ui')),
  ])
  const page = theirs.get('index.html')
  if (page === undefined) throw new Error('@socket.io/admin-ui has no index.html')
  theirs.set('index.html', toAsset(page.type, Buffer.from(rewritePage(page.body.toString('utf8')))))
  for (const [path, asset] of ours) theirs.set(path, asset)
  return theirs
}
