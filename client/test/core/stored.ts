import type { Stored } from '../../timeline.ts'

/** A stored message whose id, text and place follow from its position. */
export const stored = (seq: number, more: Partial<Stored> = {}): Stored => ({
  id: `m${seq}`,
  content: `text ${seq}`,
  source: `text ${seq}`,
  contentHtml: `<p>text ${seq}</p>`,
  messageType: 'text',
  channelId: 'tea',
  userId: 'bob',
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
  editedAt: null,
  deletedAt: null,
  deliveryStatus: 'SENT',
  seq,
  rev: seq,
  user: { id: 'bob', name: 'bob', avatar: null },
  ...more,
})

export const range = (from: number, to: number): Stored[] =>
  Array.from({ length: to - from + 1 }, (_, index) => stored(from + index))
