import type { Message } from '@parley/client'
import { ExternalLink, FileText, Image, Music, Video } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

const ICONS = { image: Image, file: FileText, audio: Music, video: Video } as const

const isMedia = (type: string): type is keyof typeof ICONS => Object.hasOwn(ICONS, type)

/** Messages whose text is the address of something else. */
export const isMediaMessage = ({ messageType }: Message): boolean => isMedia(messageType)

const addressOf = (source: string): URL | null => {
  try {
    const url = new URL(source, location.origin)
    return url.protocol === 'https:' || url.protocol === 'http:' ? url : null
  } catch {
    return null
  }
}

const nameOf = (url: URL): string => {
  const last = url.pathname.split('/').at(-1) ?? ''
  try {
    return decodeURIComponent(last) || url.host
  } catch {
    return last || url.host
  }
}

/** A picture in a box that has its size before the picture is there. Pictures from elsewhere are links: asking for one tells its server who reads. */
function Picture({ url, name }: { readonly url: URL; readonly name: string }) {
  const [isBroken, setBroken] = useState(false)
  if (isBroken || url.origin !== location.origin) return null
  return (
    <img
      src={url.href}
      alt={name}
      loading="lazy"
      decoding="async"
      onError={() => setBroken(true)}
      className="mb-1 h-60 w-80 max-w-full rounded-10 border bg-background object-contain"
    />
  )
}

/** A picture, file, sound or film: what it is, its name, and where it is. */
export function MediaMessage({ message }: { readonly message: Message }) {
  const { t } = useTranslation('conversation')
  const { messageType, source } = message
  const url = addressOf(source)
  if (!isMedia(messageType) || url === null) return <p className="breakable">{source}</p>
  const Icon = ICONS[messageType]
  const name = nameOf(url)
  return (
    <div>
      {messageType === 'image' ? <Picture url={url} name={name} /> : null}
      <a
        href={url.href}
        target="_blank"
        rel="noopener noreferrer"
        title={url.href}
        className="inline-flex h-14 max-w-full items-center gap-3 rounded-10 border bg-raised px-3 hover:bg-hover"
      >
        <Icon size={20} aria-hidden="true" className="shrink-0 text-muted" />
        <span className="flex min-w-0 flex-col">
          <span dir="auto" className="truncate text-text">
            {name}
          </span>
          <span className="truncate text-12 text-muted">
            {t(`media.${messageType}`)} · <bdi>{url.host}</bdi>
          </span>
        </span>
        <ExternalLink size={16} aria-hidden="true" className="directional shrink-0 text-muted" />
      </a>
    </div>
  )
}
