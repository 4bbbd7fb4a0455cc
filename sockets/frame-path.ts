import type { EncodedFrame, Frame } from './frame.ts'

/**
 * What one connection sends in one turn of the event loop: a path in a tree that all connections of the turn share, from
 * its root over a node for each frame. Connections that are told the same are at the same node, so that its bytes are
 * joined once for all of them, and a frame more costs each of them a comparison. The root is a path of no frames.
 */
export class FramePath<F extends EncodedFrame = Frame> {
  /** Frames on the path. */
  readonly length: number
  /** Their payload bytes, frame headers aside. */
  readonly byteLength: number
  readonly #parent: FramePath<F> | undefined
  readonly #frame: F | undefined
  /** The child that was asked for last: mostly the one that everybody asks for. */
  #child: FramePath<F> | undefined
  #children: Map<F, FramePath<F>> | undefined
  #users = 0
  #bytes: Uint8Array | undefined

  constructor(parent?: FramePath<F>, frame?: F) {
    this.#parent = parent
    this.#frame = frame
    this.length = parent === undefined ? 0 : parent.length + 1
    this.byteLength = (parent?.byteLength ?? 0) + (frame?.byteLength ?? 0)
  }

  /** This path and one frame more: the same object for everybody who asks. */
  with(frame: F): FramePath<F> {
    const child = this.#child
    if (child !== undefined && child.#frame === frame) return child
    return this.#find(frame)
  }

  /** One connection more has come to the end of this path, and will `leave` it. */
  enter(): void {
    this.#users += 1
  }

  /** When the last one leaves, the joined bytes are let go of, long before the tree is. */
  leave(): void {
    this.#users -= 1
    if (this.#users === 0) this.#bytes = undefined
  }

  /** All frames as they go over the wire: the frame's own bytes when there is one, else a buffer that is joined once. */
  get bytes(): Uint8Array {
    if (this.length === 1 && this.#frame !== undefined) return this.#frame.bytes
    this.#bytes ??= Buffer.concat(this.frames().map((frame) => frame.bytes))
    return this.#bytes
  }

  /** From the first to the last. */
  frames(): F[] {
    const frames: F[] = []
    for (let path: FramePath<F> | undefined = this; path !== undefined; path = path.#parent) {
      if (path.#frame !== undefined) frames.push(path.#frame)
    }
    return frames.reverse()
  }

  #find(frame: F): FramePath<F> {
    const known = this.#children?.get(frame)
    const child = known ?? new FramePath<F>(this, frame)
    if (known === undefined && this.#child !== undefined) {
      this.#children ??= new Map([[this.#child.#frame!, this.#child]])
      this.#children.set(frame, child)
    }
    this.#child = child
    return child
  }
}
