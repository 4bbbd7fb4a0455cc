import { isIP } from 'node:net'
import { define, list } from './kinds.ts'

/** Browsers ask every server of the list: more of them make calls slower, not better. */
const MAX_URLS = 8
const HOST_AND_PORT = /^(?:\[(?<ipv6>[0-9A-Fa-f:.]{2,45})\]|[A-Za-z0-9.-]{1,253})(?::(?<port>\d{1,5}))?$/

const isHostAndPort = (text: string): boolean => {
  const found = HOST_AND_PORT.exec(text)
  if (found === null) return false
  const { ipv6, port = '1' } = found.groups ?? {}
  return (ipv6 === undefined || isIP(ipv6) === 6) && Number(port) >= 1 && Number(port) <= 65_535
}

/** RFC 7064: no path, no query. */
const isStunUrl = (text: string): boolean => /^stuns?:/.test(text) && isHostAndPort(afterScheme(text))

/** RFC 7065: the transport is all that a query may say. */
const isTurnUrl = (text: string): boolean =>
  /^turns?:/.test(text) && isHostAndPort(afterScheme(text).replace(/\?transport=(?:udp|tcp)$/, ''))

const afterScheme = (text: string): string => text.slice(text.indexOf(':') + 1)

const urls = (description: string, isUrl: (text: string) => boolean, example: string) =>
  define(list.refine((parts) => parts.length <= MAX_URLS && parts.every(isUrl)).default([]), {
    description,
    expects: `a comma-separated list of at most ${MAX_URLS} addresses such as ${example}`,
    fallback: '',
  })

export const stunUrls = (description: string) => urls(description, isStunUrl, 'stun:turn.example.org:3478')

export const turnUrls = (description: string) =>
  urls(description, isTurnUrl, 'turn:turn.example.org:3478?transport=udp')
