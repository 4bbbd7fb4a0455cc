import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'
import { LRUCache } from 'lru-cache'

/** First byte of everything that is sealed: the format, keys included. */
const FORMAT = 1
const INSTANCE_BYTES = 16
const COUNTER_BYTES = 8
const TAG_BYTES = 16
const HEAD_BYTES = 1 + INSTANCE_BYTES + COUNTER_BYTES
/** Nodes, dead ones included, whose keys are remembered. */
const MAX_INSTANCES = 1_000
/** Names remembered; about 150 bytes each. */
const MAX_NAMES = 20_000

/**
 * What Redis may see: names that say nothing and bytes that nobody without the secret reads, changes or makes. Every
 * start of a node seals under a key of its own, derived from the secret by an id that travels along, and counts its
 * nonces: none is ever used twice under one key.
 */
export class Sealer {
  readonly #secret: string
  readonly #instance = randomBytes(INSTANCE_BYTES)
  readonly #nameKey: Buffer
  readonly #keys = new LRUCache<string, Buffer>({ max: MAX_INSTANCES })
  readonly #names = new LRUCache<string, string>({ max: MAX_NAMES })
  #counter = 0n

  /** `secret` is what all nodes share: their `JWT_SECRET`. */
  constructor(secret: string) {
    this.#secret = secret
    this.#nameKey = this.#derive('names', Buffer.alloc(0))
  }

  /** The same on every node for the same word, and not to be read back. */
  nameOf(word: string): string {
    const known = this.#names.get(word)
    if (known !== undefined) return known
    const name = createHmac('sha256', this.#nameKey).update(word).digest('base64url').slice(0, 22)
    this.#names.set(word, name)
    return name
  }

  /** `place` is where it will be found; it opens nowhere else. */
  seal(place: string, text: string): Buffer {
    this.#counter += 1n
    const head = Buffer.alloc(HEAD_BYTES)
    head[0] = FORMAT
    this.#instance.copy(head, 1)
    head.writeBigUInt64BE(this.#counter, 1 + INSTANCE_BYTES)
    const cipher = createCipheriv('aes-256-gcm', this.#keyOf(this.#instance), nonceOf(head))
    cipher.setAAD(Buffer.from(place))
    return Buffer.concat([head, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
  }

  /** Null for everything that no node with this secret sealed for this place. */
  open(place: string, sealed: Buffer): string | null {
    if (sealed.length < HEAD_BYTES + TAG_BYTES || sealed[0] !== FORMAT) return null
    const instance = sealed.subarray(1, 1 + INSTANCE_BYTES)
    const decipher = createDecipheriv('aes-256-gcm', this.#keyOf(instance), nonceOf(sealed))
    decipher.setAAD(Buffer.from(place))
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES))
    try {
      const body = sealed.subarray(HEAD_BYTES, -TAG_BYTES)
      return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8')
    } catch {
      return null
    }
  }

  /** Did this very instance seal it? Says nothing about whether it opens. */
  isOwn(sealed: Buffer): boolean {
    return this.#instance.equals(sealed.subarray(1, 1 + INSTANCE_BYTES))
  }

  #keyOf(instance: Buffer): Buffer {
    const id = instance.toString('latin1')
    const known = this.#keys.get(id)
    if (known !== undefined) return known
    const key = this.#derive('seal', instance)
    this.#keys.set(id, key)
    return key
  }

  #derive(purpose: string, salt: Buffer): Buffer {
    return Buffer.from(hkdfSync('sha256', this.#secret, salt, `parley redis ${purpose} ${FORMAT}`, 32))
  }
}

const nonceOf = (head: Buffer): Buffer => {
  const nonce = Buffer.alloc(12)
  head.copy(nonce, 4, 1 + INSTANCE_BYTES, HEAD_BYTES)
  return nonce
}
