import type { Parts } from '../compose.ts'
import { createSite } from './site.ts'
import { readSite, siteFolder } from './site-files.ts'

/** Serves the web app at `/`. Without it the server says so, and does all else. */
export const mountSite = async (
  { http, log }: Pick<Parts, 'http' | 'log'>,
  folder: string = siteFolder(),
): Promise<void> => {
  const files = await readSite(folder)
  if (files === null) log.main.warn('the web app is not built: run `npm run build`')
  http.setSite(createSite(files))
}
