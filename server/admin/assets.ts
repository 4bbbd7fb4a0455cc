import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { serverFolder } from '../http/assets.ts'

/** A folder of pages that are files of ours. */
export const adminFolder = (name: string): string => join(serverFolder(), 'admin', name)

/** Where `@socket.io/admin-ui` keeps its pages. */
export const socketIoUiFolder = (): string =>
  join(dirname(createRequire(import.meta.url).resolve('@socket.io/admin-ui')), '..', 'ui', 'dist')
