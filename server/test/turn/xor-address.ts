import { isIP } from 'node:net'
import type { PeerAddress } from './stun-message.ts'

const IPV4 = 1
const IPV6 = 2

/** An address as STUN writes it, so that no box on the way takes it for one of its own: mixed with `mask`. */
export const encodeAddress = ({ address, port }: PeerAddress, mask: Buffer): Buffer => {
  const bytes = bytesOf(address)
  const head = Buffer.from([0, bytes.length === 4 ? IPV4 : IPV6, 0, 0])
  head.writeUInt16BE(port ^ mask.readUInt16BE(0), 2)
  return Buffer.concat([head, mix(bytes, mask)])
}

export const decodeAddress = (value: Buffer, mask: Buffer): PeerAddress => ({
  address: textOf(mix(value.subarray(4), mask)),
  port: value.readUInt16BE(2) ^ mask.readUInt16BE(0),
})

const mix = (bytes: Buffer, mask: Buffer): Buffer => bytes.map((byte, index) => byte ^ mask[index]!) as Buffer

/** 4 or 16 bytes. IPv6 may end in IPv4 (`::ffff:127.0.0.1`). */
export const bytesOf = (address: string): Buffer => {
  if (isIP(address) === 4) return Buffer.from(address.split('.').map(Number))
  if (isIP(address) !== 6) throw new Error(`no address: ${address}`)
  const [head = '', tail] = address.replace(/[\d.]+$/, dottedToGroups).split('::')
  const groups = (part: string): string[] => (part === '' ? [] : part.split(':'))
  const [front, back] = [groups(head), groups(tail ?? '')]
  const zeros = Array<string>(tail === undefined ? 0 : 8 - front.length - back.length).fill('0')
  return Buffer.from([...front, ...zeros, ...back].map((group) => group.padStart(4, '0')).join(''), 'hex')
}

const dottedToGroups = (end: string): string => {
  if (!end.includes('.')) return end
  const [a = 0, b = 0, c = 0, d = 0] = end.split('.').map(Number)
  return `${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`
}

const textOf = (bytes: Buffer): string => {
  if (bytes.length === 4) return [...bytes].join('.')
  const groups = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16))
  // The shortest form, as everybody writes it.
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1)
}
