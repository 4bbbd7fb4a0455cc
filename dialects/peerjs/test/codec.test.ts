import { describe, expect, it } from 'vitest'
import { decode, relayed } from '../codec.ts'
import { handshakeOf } from '../handshake.ts'
import { isPeerId } from '../wire.ts'

describe('peerjs frames', () => {
  it('PEERJS-9 what is no message of a client is nothing', () => {
    const nothing = [
      ...['', '{', 'null', '[]', '7', '"OFFER"', '{}', `${'['.repeat(99)}${']'.repeat(99)}`],
      ...[
        '{"type":"OPEN"}',
        '{"type":"EXPIRE","dst":"b"}',
        '{"type":"ID-TAKEN"}',
        '{"type":["OFFER"],"dst":"b"}',
      ],
      ...[
        '{"type":"OFFER"}',
        '{"type":"OFFER","dst":7}',
        '{"type":"OFFER","dst":""}',
        '{"type":"__proto__","dst":"b"}',
      ],
    ]
    expect(nothing.map(decode)).toEqual(nothing.map(() => null))
  })

  it('PEERJS-3 a message keeps its payload and loses the rest', () => {
    const text = '{"type":"OFFER","src":"forged","dst":"b c","payload":{"sdp":{"type":"offer"}},"more":1}'
    expect(decode(text)).toEqual({
      type: 'relay',
      kind: 'OFFER',
      to: 'b c',
      payload: { sdp: { type: 'offer' } },
    })
    const event = { type: 'peer.relayed', from: 'a', to: 'b', kind: 'LEAVE', data: null } as const
    expect(JSON.parse(relayed(event).text)).toEqual({ type: 'LEAVE', src: 'a', dst: 'b' })
    expect(JSON.parse(relayed({ ...event, kind: 'ANSWER', data: [0] }).text)).toEqual({
      ...{ type: 'ANSWER', src: 'a', dst: 'b', payload: [0] },
    })
  })

  it('PEERJS-2 ids are those that the client takes for valid, up to 100 characters', () => {
    const valid = ['a', '0', 'a-b', 'a b_c-d', 'x'.repeat(100), '01234567-89ab-cdef-0123-456789abcdef']
    const invalid = ['', '-a', 'a-', 'a--b', 'a -b', ' a', 'a\n', 'é', 'a.b', 'a/b', 'x'.repeat(101)]
    expect(valid.filter(isPeerId)).toEqual(valid)
    expect(invalid.filter(isPeerId)).toEqual([])
  })

  it('PEERJS-4 the proof of an id is bound to the token and the id, and tells neither', () => {
    const proofOf = (id: string, token: string): string => {
      const handshake = handshakeOf(new URLSearchParams({ key: 'peerjs', id, token }))
      return handshake.ok ? handshake.proof : handshake.reason
    }
    const proof = proofOf('ann', 'secret')
    expect(proofOf('ann', 'secret')).toBe(proof)
    expect([proofOf('bob', 'secret'), proofOf('ann', 'Secret')]).not.toContain(proof)
    expect(proof).not.toContain('secret')
  })
})
