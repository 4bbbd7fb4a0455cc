import { afterEach, describe, expect, it, vi } from 'vitest'
import { textFrame } from '../frame.ts'
import { FramePath } from '../frame-path.ts'
import { Outbox } from '../outbox.ts'

afterEach(() => void vi.restoreAllMocks())

const textOf = (path: FramePath): string =>
  path
    .frames()
    .map(({ text }) => text)
    .join(' ')

describe('a path of frames', () => {
  it('SOCK-27 a frame is encoded once, and a path of one frame is its bytes', () => {
    const frame = textFrame('hello')
    expect(frame.bytes).toBe(frame.bytes)
    expect(new FramePath().with(frame).bytes).toBe(frame.bytes)
  })

  it('SOCK-41 outboxes with the same frames of a turn share one buffer, whatever lies between', () => {
    const concat = vi.spyOn(Buffer, 'concat')
    const root = new FramePath()
    const frames = ['one', 'two', 'three'].map(textFrame)
    const boxes = Array.from({ length: 1_000 }, () => new Outbox())
    frames.forEach((frame) => {
      boxes.forEach((box, index) => {
        // Every tenth is told something of its own in the middle.
        if (frame === frames[1] && index % 10 === 0) box.add(textFrame(`own ${index}`), root)
        box.add(frame, root)
      })
    })
    const batches = boxes.map((box) => box.take()!)
    const same = new Set(batches.filter((_, index) => index % 10 !== 0).map(({ path }) => path.bytes))
    expect(same.size).toBe(1)
    expect(concat).toHaveBeenCalledTimes(1)
    expect([...same][0]).toEqual(Buffer.concat(frames.map(({ bytes }) => bytes)))
    expect(textOf(batches[10]!.path)).toBe('one own 10 two three')
    expect(new Set(batches.map(({ path }) => path)).size).toBe(101)
  })

  it('SOCK-41 paths part where their frames do, and come to the same node by the same frames', () => {
    const root = new FramePath()
    const [a, b, c] = [textFrame('a'), textFrame('b'), textFrame('c')]
    const paths = [root.with(a).with(b), root.with(b).with(a), root.with(a).with(c), root.with(c)]
    expect(paths.map(textOf)).toEqual(['a b', 'b a', 'a c', 'c'])
    expect([root.with(a).with(b), root.with(b).with(a), root.with(a).with(c), root.with(c)]).toEqual(paths)
    expect(root.with(a).with(b)).toBe(paths[0])
    // The same text in another frame is another path: only frames are compared.
    expect(root.with(textFrame('a'))).not.toBe(root.with(a))
  })

  it('SOCK-42 joined bytes are let go of when the last outbox left them', () => {
    const root = new FramePath()
    const [one, other] = [new Outbox(), new Outbox()]
    const frames = [textFrame('x'), textFrame('y')]
    for (const box of [one, other]) for (const frame of frames) box.add(frame, root)
    const first = one.take()!
    const { bytes } = first.path
    first.path.leave()
    expect(other.take()!.path.bytes).toBe(bytes)
    first.path.leave()
    expect(first.path.bytes).not.toBe(bytes)
  })

  it('SOCK-11 an outbox counts payload bytes, and holds nothing once it is taken or cleared', () => {
    const root = new FramePath()
    const box = new Outbox()
    expect([box.bytes, box.isEmpty, box.take()]).toEqual([0, true, undefined])
    for (const text of ['four', 'ü', '']) box.add(textFrame(text), root)
    expect([box.bytes, box.isEmpty]).toEqual([6, false])
    expect(box.take()?.path.length).toBe(3)
    box.add(textFrame('more'), root)
    box.clear()
    expect([box.bytes, box.isEmpty, box.take()]).toEqual([0, true, undefined])
  })
})
