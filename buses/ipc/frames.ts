import { deserialize, serialize } from 'node:v8'

/** Bytes of the length before each frame. */
const HEAD = 4
/** Largest frame: more is no frame of ours, or one that nobody should have to hold. */
const MAX_FRAME = 256 * 1_048_576

/** A value as bytes with their length before them: what `FrameReader` takes apart. Structured clone, so that bytes and bigints pass. */
export const toFrame = (value: unknown): Buffer => {
  const body = serialize(value)
  const frame = Buffer.allocUnsafe(HEAD + body.length)
  frame.writeUInt32BE(body.length, 0)
  body.copy(frame, HEAD)
  return frame
}

/** Finds the frames in what a stream delivers in pieces. */
export class FrameReader {
  #pieces: Buffer[] = []
  #length = 0

  /** The values that this piece completed. Throws when it cannot be a frame. */
  read(piece: Buffer): unknown[] {
    this.#pieces.push(piece)
    this.#length += piece.length
    const values: unknown[] = []
    for (let size = this.#nextSize(); size !== null && this.#length >= HEAD + size; size = this.#nextSize()) {
      const all = this.#joined()
      values.push(deserialize(all.subarray(HEAD, HEAD + size)))
      this.#pieces = [all.subarray(HEAD + size)]
      this.#length = all.length - HEAD - size
    }
    return values
  }

  /** Null: it has not arrived. */
  #nextSize(): number | null {
    if (this.#length < HEAD) return null
    if (this.#pieces[0]!.length < HEAD) this.#joined()
    const size = this.#pieces[0]!.readUInt32BE(0)
    if (size > MAX_FRAME) throw new Error('a frame between processes is too large')
    return size
  }

  #joined(): Buffer {
    const all = this.#pieces.length === 1 ? this.#pieces[0]! : Buffer.concat(this.#pieces)
    this.#pieces = [all]
    return all
  }
}
