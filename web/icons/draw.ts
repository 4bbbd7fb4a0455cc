// Draws the icons of the app into web/public: `npx tsx web/icons/draw.ts`.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { toSvg } from './mark.ts'
import { toPng } from './raster.ts'

const folder = join(import.meta.dirname, '..', 'public')

writeFileSync(join(folder, 'icon.svg'), toSvg())
writeFileSync(join(folder, 'icon-192.png'), toPng({ size: 192, isMaskable: false }))
writeFileSync(join(folder, 'icon-512.png'), toPng({ size: 512, isMaskable: false }))
writeFileSync(join(folder, 'icon-maskable-512.png'), toPng({ size: 512, isMaskable: true }))
// Apple's systems round the corners themselves, and show what is see-through as black.
writeFileSync(join(folder, 'icon-apple-180.png'), toPng({ size: 180, isMaskable: true }))
