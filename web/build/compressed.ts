import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { Plugin } from 'vite'
import { filesUnder } from './files-under.ts'

const TEXT = /\.(?:html|css|js|svg|json|webmanifest)$/
/** Below this (bytes) a packet is a packet. */
const WORTH_IT = 1_024
const toBrotli = promisify(brotliCompress)
const toGzip = promisify(gzip)

/** Puts a `.br` and a `.gz` beside every text of the build: the server compresses none of them while people wait. */
export const compressed = (): Plugin => ({
  name: 'parley-compressed',
  apply: 'build',
  writeBundle: {
    order: 'post',
    sequential: true,
    async handler({ dir }) {
      if (dir === undefined) return
      const texts = filesUnder(dir).filter((path) => TEXT.test(path))
      await Promise.all(texts.map((path) => compress(join(dir, path))))
    },
  },
})

const compress = async (file: string): Promise<void> => {
  const body = await readFile(file)
  if (body.byteLength < WORTH_IT) return
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 10 } }
  await Promise.all([
    toBrotli(body, quality).then((bytes) => writeFile(`${file}.br`, bytes)),
    toGzip(body, { level: 9 }).then((bytes) => writeFile(`${file}.gz`, bytes)),
  ])
}
