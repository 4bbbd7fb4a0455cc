import { describe, expect, it } from 'vitest'
import { Timeline } from '../../timeline.ts'
import { range, stored } from './stored.ts'

const seqs = (timeline: Timeline): number[] => timeline.items.map(({ seq }) => seq)

const holding = (from: number, to: number): Timeline => {
  const timeline = new Timeline()
  timeline.restore(to, range(from, to))
  return timeline
}

describe('Timeline', () => {
  it('orders by position, whatever the order in which they come, and each once', () => {
    const timeline = new Timeline()
    for (const seq of [1, 4, 3, 3, 2, 5, 1]) timeline.put(stored(seq))
    expect(seqs(timeline)).toEqual([1, 2, 3, 4, 5])
    expect([timeline.from, timeline.head]).toEqual([1, 5])
  })

  it('fills a hole that is behind the newest', () => {
    const timeline = holding(8, 10)
    timeline.put(stored(12))
    timeline.put(stored(11))
    expect(seqs(timeline)).toEqual([8, 9, 10, 11, 12])
  })

  it('leaves out what does not join the first, and takes what does', () => {
    const timeline = holding(8, 10)
    timeline.put(stored(5))
    expect(seqs(timeline)).toEqual([8, 9, 10])
    timeline.put(stored(7))
    expect(seqs(timeline)).toEqual([7, 8, 9, 10])
  })

  it('takes of an empty conversation only what reaches its end', () => {
    const timeline = new Timeline()
    timeline.raiseHead(10)
    expect(timeline.from).toBe(11)
    timeline.put(stored(3))
    expect(seqs(timeline)).toEqual([])
    timeline.put(stored(10))
    timeline.put(stored(9))
    expect(seqs(timeline)).toEqual([9, 10])
  })

  it('keeps the later of two versions', () => {
    const timeline = holding(1, 3)
    timeline.put(stored(2, { rev: 7, source: 'edited' }))
    timeline.put(stored(2, { source: 'as it was' }))
    expect(timeline.find('m2')?.source).toBe('edited')
  })

  it('keeps of one version what a list says, and not what an event leaves out', () => {
    const timeline = new Timeline()
    const reactions = [{ emoji: '+', count: 1, userIds: ['ann'] }]
    timeline.put(stored(1, { rev: 2, reactions, deliveryStatus: 'READ' }))
    timeline.put(stored(1, { rev: 2 }))
    expect(timeline.find('m1')).toMatchObject({ reactions, deliveryStatus: 'READ' })
  })

  it('never loses the client id, which changes do not tell', () => {
    const timeline = new Timeline()
    timeline.put(stored(1, { clientMessageId: 'c1' }))
    timeline.put(stored(1, { rev: 2, source: 'edited' }))
    expect(timeline.find('m1')).toMatchObject({ clientMessageId: 'c1', source: 'edited' })
    // The change comes first.
    timeline.put(stored(2, { rev: 4, source: 'edited' }))
    timeline.put(stored(2, { rev: 3, clientMessageId: 'c2' }))
    expect(timeline.find('m2')).toMatchObject({ clientMessageId: 'c2', source: 'edited', rev: 4 })
    expect(timeline.items.at(-1)).toBe(timeline.find('m2'))
  })

  it('changes what is here, once', () => {
    const timeline = holding(1, 2)
    const twice = (message: ReturnType<typeof stored>) => ({ ...message, source: `${message.source}!` })
    timeline.change('m1', 5, twice)
    timeline.change('m1', 5, twice)
    timeline.change('m1', 4, twice)
    timeline.change('nobody', 6, twice)
    expect(timeline.items.map(({ source, rev }) => [source, rev])).toEqual([
      ['text 1!', 5],
      ['text 2', 2],
    ])
  })

  it('makes a new list for every change, and never changes one', () => {
    const timeline = holding(1, 2)
    const before = timeline.items
    timeline.put(stored(3))
    timeline.put(stored(2, { rev: 9 }))
    expect(before).toEqual(range(1, 2))
    expect(timeline.items).not.toBe(before)
  })

  it('restores what reaches the head without a hole', () => {
    const timeline = new Timeline()
    timeline.restore(9, [...range(1, 3), ...range(6, 9)])
    expect(seqs(timeline)).toEqual([6, 7, 8, 9])
    timeline.restore(12, range(1, 9))
    expect(seqs(timeline)).toEqual([])
    expect(timeline.from).toBe(13)
  })

  it('trims to the newest', () => {
    const timeline = holding(1, 9)
    timeline.trim(4)
    expect(seqs(timeline)).toEqual([6, 7, 8, 9])
    expect(timeline.find('m5')).toBeUndefined()
    timeline.trim(40)
    expect(timeline.items).toHaveLength(4)
  })
})

describe('a page of a Timeline', () => {
  it('comes before what is here, in any order', () => {
    const timeline = holding(5, 6)
    timeline.awaitPage()
    expect(timeline.putPage(5, range(2, 4).reverse())).toBe(true)
    expect(seqs(timeline)).toEqual([2, 3, 4, 5, 6])
  })

  it('fits no more once the list began elsewhere', () => {
    const timeline = holding(5, 6)
    timeline.awaitPage()
    timeline.trim(1)
    expect(timeline.putPage(5, range(2, 4))).toBe(false)
    timeline.awaitPage()
    timeline.restart(5)
    // The same place by chance: what was asked for is of the time before.
    expect(timeline.putPage(6, range(2, 5))).toBe(false)
    expect(seqs(timeline)).toEqual([])
  })

  it('is of the past when one of its messages was changed meanwhile', () => {
    const timeline = holding(5, 6)
    timeline.awaitPage()
    timeline.change('m3', 9, (message) => message)
    expect(timeline.putPage(5, range(2, 4))).toBe(false)
    timeline.awaitPage()
    timeline.put(stored(3, { rev: 10 }))
    expect(timeline.putPage(5, range(2, 4))).toBe(false)
    timeline.awaitPage()
    expect(timeline.putPage(5, [stored(3, { rev: 10 }), stored(4)])).toBe(true)
  })

  it('brings nothing twice that came before it', () => {
    const timeline = new Timeline()
    timeline.awaitPage()
    timeline.put(stored(1))
    expect(timeline.putPage(1, [stored(1)])).toBe(true)
    expect(seqs(timeline)).toEqual([1])
  })
})
