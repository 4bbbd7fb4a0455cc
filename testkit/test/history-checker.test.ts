import { describe, expect, it } from 'vitest'
import { checkHistory, type FinalState, type HistoryEvent } from '../index.ts'

/** A short history that is right, changed in one place each time. */

const send = (sender: string, id: string, conversation: string, receiver: string): HistoryEvent => ({
  ...{ type: 'invoke', sender, clientMessageId: id, conversation, receiver, content: `text ${id}` },
})
const ack = (sender: string, id: string, seq: number): HistoryEvent => ({
  ...{ type: 'ack', sender, clientMessageId: id, messageId: `m${id}`, seq },
})
const got = (
  reader: string,
  id: string,
  sender: string,
  conversation: string,
  seq: number,
): HistoryEvent => ({
  ...{ type: 'received', reader, connection: `of ${reader}`, conversation, messageId: `m${id}`, sender },
  ...{ content: `text ${id}`, seq },
})
const row = (id: string, sender: string, conversation: string, receiver: string, seq: number) => ({
  ...{ messageId: `m${id}`, conversation, sender, receiver, clientMessageId: id, content: `text ${id}`, seq },
})

const HISTORY: readonly HistoryEvent[] = [
  send('ann', '1', 'ann bob', 'bob'),
  ack('ann', '1', 1),
  got('bob', '1', 'ann', 'ann bob', 1),
  { type: 'receipt', author: 'ann', reader: 'bob', status: 'delivered', messageId: 'm1' },
  send('ann', '2', 'ann bob', 'bob'),
  ack('ann', '2', 2),
  got('bob', '2', 'ann', 'ann bob', 2),
  { type: 'cursors', reader: 'bob', conversation: 'ann bob', deliveredSeq: 2, readSeq: 1 },
  send('ann', '5', 'ann bob', 'bob'),
  ack('ann', '5', 3),
  got('bob', '5', 'ann', 'ann bob', 3),
  send('cleo', '3', 'team', 'team'),
  ack('cleo', '3', 1),
  got('ann', '3', 'cleo', 'team', 1),
  got('bob', '3', 'cleo', 'team', 1),
  send('cleo', '4', 'team', 'team'),
  { type: 'refused', sender: 'cleo', clientMessageId: '4' },
]

const FINAL: FinalState = {
  stored: [
    row('1', 'ann', 'ann bob', 'bob', 1),
    row('2', 'ann', 'ann bob', 'bob', 2),
    row('5', 'ann', 'ann bob', 'bob', 3),
    row('3', 'cleo', 'team', 'team', 1),
  ],
  settledReaders: ['ann', 'bob', 'cleo'],
  members: new Map([['team', ['ann', 'bob', 'cleo']]]),
  unread: [{ reader: 'bob', conversation: 'ann bob', readSeq: 1, count: 2 }],
  presence: {
    live: ['ann', 'bob'],
    told: [
      { observer: 'one', online: ['bob', 'ann'] },
      { observer: 'other', online: ['ann', 'bob'] },
    ],
  },
}

const broken = (history: readonly HistoryEvent[], final: FinalState = FINAL): number[] => [
  ...new Set(checkHistory(history, final).map(({ invariant }) => invariant)),
]

const without = (index: number): HistoryEvent[] => HISTORY.filter((_, at) => at !== index)
const changed = (index: number, change: object): HistoryEvent[] =>
  HISTORY.map((event, at) => (at === index ? ({ ...event, ...change } as HistoryEvent) : event))
const stored = (change: (rows: FinalState['stored']) => FinalState['stored']): FinalState => ({
  ...FINAL,
  stored: change(FINAL.stored),
})

describe('the history checker', () => {
  it('CHECK-3 finds nothing in a history that is right', () => {
    expect(checkHistory(HISTORY, FINAL)).toEqual([])
  })

  it.each<[string, number, readonly HistoryEvent[], FinalState]>([
    [
      'an acknowledged message that is not stored',
      1,
      HISTORY,
      stored((rows) => rows.filter((_, i) => i !== 3)),
    ],
    ['a text that nobody sent', 2, changed(2, { content: 'other' }), FINAL],
    [
      'a message that is stored twice',
      3,
      HISTORY,
      stored((rows) => [...rows, { ...rows[1]!, messageId: 'x', seq: 4 }]),
    ],
    [
      'two acknowledgements that differ',
      3,
      [...HISTORY, { ...ack('ann', '1', 1), messageId: 'x' } as HistoryEvent],
      FINAL,
    ],
    [
      'a gap',
      4,
      HISTORY,
      stored((rows) => rows.map((one) => (one.messageId === 'm2' ? { ...one, seq: 9 } : one))),
    ],
    ['a place before what was acknowledged before it', 4, changed(5, { seq: 1 }), FINAL],
    ['a position that falls within a connection', 5, [...without(2), HISTORY[2]!], FINAL],
    ['a message that a connection skipped', 5, without(6), FINAL],
    ['two who see another message at one position', 6, changed(14, { messageId: 'm9' }), FINAL],
    [
      'a refused message that is stored',
      7,
      HISTORY,
      stored((rows) => [...rows, row('4', 'cleo', 'team', 'team', 2)]),
    ],
    ['a message at somebody outside', 8, [...HISTORY, got('cleo', '1', 'ann', 'ann bob', 1)], FINAL],
    ['a stranger to a channel', 8, [...HISTORY, got('dan', '3', 'cleo', 'team', 1)], FINAL],
    ['a receipt of somebody else', 9, changed(3, { reader: 'cleo' }), FINAL],
    ['a receipt that is told twice', 9, [...HISTORY, HISTORY[3]!], FINAL],
    ['cursors that go back', 9, [...HISTORY, { ...HISTORY[7]!, readSeq: 0 } as HistoryEvent], FINAL],
    [
      'a wrong count of what is unread',
      9,
      HISTORY,
      { ...FINAL, unread: [{ ...FINAL.unread![0]!, count: 1 }] },
    ],
    ['a direct message that never came', 10, without(6), FINAL],
    ['a message of a channel that never came to one member', 10, without(14), FINAL],
    ['a ghost', 10, HISTORY, { ...FINAL, presence: { ...FINAL.presence!, live: ['ann'] } }],
    [
      'somebody who is not shown',
      10,
      HISTORY,
      { ...FINAL, presence: { ...FINAL.presence!, live: ['ann', 'bob', 'cleo'] } },
    ],
  ])('CHECK-3 finds %s', (_what, invariant, history, final) => {
    expect(broken(history, final)).toContain(invariant)
  })
})
