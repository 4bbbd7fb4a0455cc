import type { IncomingMessage } from 'node:http'
import { BlockList, isIP } from 'node:net'

/** Where a request comes from, behind proxies that TRUST_PROXY names. */
export interface ClientAddresses {
  /** The client's address; `unknown` when its socket is gone. */
  of(request: IncomingMessage): string
  /** The address as a subject of limits: IPv6 by its /64, which one household has whole. */
  subjectOf(request: IncomingMessage): string
  isSecure(request: IncomingMessage): boolean
}

const FORWARDING = [
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'forwarded',
  'x-real-ip',
  'via',
] as const

/** Did this come through somebody else (who may be anyone)? */
export const wasForwarded = (request: IncomingMessage): boolean =>
  FORWARDING.some((name) => request.headers[name] !== undefined)

export const createClientAddresses = (trustProxy: readonly string[]): ClientAddresses => {
  const trusted = toBlockList(trustProxy)
  const isTrusted = (address: string): boolean => {
    const family = isIP(address)
    return family !== 0 && trusted.check(address, family === 4 ? 'ipv4' : 'ipv6')
  }
  /** Each proxy appended who spoke to it: the last one that we do not trust is the client. */
  const of = (request: IncomingMessage): string => {
    let client = plain(request.socket.remoteAddress ?? 'unknown')
    const hops = String(request.headers['x-forwarded-for'] ?? '').split(',')
    while (isTrusted(client) && hops.length > 0) {
      const hop = plain((hops.pop() ?? '').trim())
      if (isIP(hop) === 0) break
      client = hop
    }
    return client
  }
  return {
    of,
    subjectOf: (request) => toSubject(of(request)),
    isSecure: (request) => {
      if ('encrypted' in request.socket) return true
      const proto = String(request.headers['x-forwarded-proto'] ?? '')
      return (
        isTrusted(plain(request.socket.remoteAddress ?? '')) && proto.split(',').at(-1)?.trim() === 'https'
      )
    },
  }
}

const toBlockList = (ranges: readonly string[]): BlockList => {
  const list = new BlockList()
  for (const range of ranges) {
    const [address = '', prefix] = range.split('/')
    const type = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (prefix === undefined) list.addAddress(address, type)
    else list.addSubnet(address, Number(prefix), type)
  }
  return list
}

/** IPv4 as such, also where a dual-stack socket reports it inside IPv6. */
const plain = (address: string): string => (/^::ffff:\d+\./i.test(address) ? address.slice(7) : address)

const toSubject = (address: string): string => {
  if (isIP(address) !== 6) return address
  const [head = '', tail] = address.toLowerCase().split('::')
  const front = head === '' ? [] : head.split(':')
  const back = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = tail === undefined ? 0 : 8 - front.length - back.length
  return `${[...front, ...Array<string>(Math.max(0, zeros)).fill('0'), ...back].slice(0, 4).join(':')}::/64`
}
