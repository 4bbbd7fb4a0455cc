import { createHash, createHmac, randomBytes } from 'node:crypto'
import { decodeAddress, encodeAddress } from './xor-address.ts'

/** Just enough of STUN (RFC 8489) and TURN (RFC 8656) for the tests. */

export const METHOD = {
  binding: 0x001,
  allocate: 0x003,
  refresh: 0x004,
  send: 0x006,
  data: 0x007,
  permission: 0x008,
}
export const CLASS = { request: 0x000, indication: 0x010, success: 0x100, error: 0x110 }
export const ATTRIBUTE = {
  username: 0x0006,
  integrity: 0x0008,
  error: 0x0009,
  lifetime: 0x000d,
  peer: 0x0012,
  data: 0x0013,
  realm: 0x0014,
  nonce: 0x0015,
  relayed: 0x0016,
  family: 0x0017,
  transport: 0x0019,
}
const COOKIE = 0x2112a442
const HEADER = 20
const INTEGRITY_SIZE = 24

export interface Attribute {
  readonly type: number
  readonly value: Buffer
}

export interface StunMessage {
  readonly type: number
  /** Of the transaction. */
  readonly id: Buffer
  readonly attributes: readonly Attribute[]
}

export interface PeerAddress {
  readonly address: string
  readonly port: number
}

export interface LongTerm {
  readonly username: string
  readonly password: string
  readonly realm: string
}

export const newTransactionId = (): Buffer => randomBytes(12)

/** With `key` the message is signed, as its last attribute. */
export const encode = ({ type, id, attributes }: StunMessage, key: Buffer | null = null): Buffer => {
  const body = Buffer.concat(attributes.map(encodeAttribute))
  if (key === null) return Buffer.concat([header(type, id, body.length), body])
  // The signature covers a header that already counts it.
  const signed = Buffer.concat([header(type, id, body.length + INTEGRITY_SIZE), body])
  const value = createHmac('sha1', key).update(signed).digest()
  return Buffer.concat([signed, encodeAttribute({ type: ATTRIBUTE.integrity, value })])
}

/** Null: no whole STUN message. */
export const decode = (bytes: Buffer): StunMessage | null => {
  if (bytes.length < HEADER || bytes.readUInt32BE(4) !== COOKIE) return null
  const end = HEADER + bytes.readUInt16BE(2)
  if (bytes.length < end) return null
  const attributes: Attribute[] = []
  for (let at = HEADER; at + 4 <= end; ) {
    const length = bytes.readUInt16BE(at + 2)
    attributes.push({ type: bytes.readUInt16BE(at), value: bytes.subarray(at + 4, at + 4 + length) })
    at += 4 + padded(length)
  }
  return { type: bytes.readUInt16BE(0), id: bytes.subarray(8, HEADER), attributes }
}

export const keyOf = ({ username, realm, password }: LongTerm): Buffer =>
  createHash('md5').update(`${username}:${realm}:${password}`).digest()

export const attributeOf = ({ attributes }: StunMessage, type: number): Buffer | null =>
  attributes.find((attribute) => attribute.type === type)?.value ?? null

/** 401, 403 …; null: no error. */
export const errorOf = (message: StunMessage): number | null => {
  const value = attributeOf(message, ATTRIBUTE.error)
  return value === null ? null : value.readUInt8(2) * 100 + value.readUInt8(3)
}

export const text = (type: number, value: string): Attribute => ({ type, value: Buffer.from(value) })
export const word = (type: number, value: number): Attribute => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return { type, value: bytes }
}
export const address = (type: number, peer: PeerAddress, id: Buffer): Attribute => ({
  type,
  value: encodeAddress(peer, mask(id)),
})
export const addressIn = (message: StunMessage, type: number): PeerAddress | null => {
  const value = attributeOf(message, type)
  return value === null ? null : decodeAddress(value, mask(message.id))
}

const header = (type: number, id: Buffer, length: number): Buffer => {
  const bytes = Buffer.alloc(8)
  bytes.writeUInt16BE(type, 0)
  bytes.writeUInt16BE(length, 2)
  bytes.writeUInt32BE(COOKIE, 4)
  return Buffer.concat([bytes, id])
}

const encodeAttribute = ({ type, value }: Attribute): Buffer => {
  const bytes = Buffer.alloc(4 + padded(value.length))
  bytes.writeUInt16BE(type, 0)
  bytes.writeUInt16BE(value.length, 2)
  value.copy(bytes, 4)
  return bytes
}

const padded = (length: number): number => Math.ceil(length / 4) * 4

/** What addresses are mixed with: the cookie and the transaction. */
const mask = (id: Buffer): Buffer => {
  const cookie = Buffer.alloc(4)
  cookie.writeUInt32BE(COOKIE)
  return Buffer.concat([cookie, id])
}
