import { describe, expect, it } from 'vitest'
import { readBlob } from '../../calls/blob.ts'
import { signalName } from '../../calls/names.ts'
import { qualityOf } from '../../calls/quality.ts'

describe('a name on signal', () => {
  it.each([
    ['ann', 'ann'],
    ['ann.b-c_D9', 'ann_b-c_D9'],
    ['  Zoë  ', 'Zo_'],
    ['', 'guest'],
    ['x'.repeat(60), 'x'.repeat(50)],
  ])('%s is %s', (username, name) => expect(signalName(username)).toBe(name))
})

describe('what a peer sends', () => {
  it('is taken as far as it is what it should be', () => {
    const description = { type: 'offer', sdp: 'v=0' }
    const sent = { call: 'c', hello: 'ask', devices: { audio: true, video: 1 }, description, bye: true }
    expect(readBlob(sent)).toEqual({
      call: 'c',
      hello: 'ask',
      devices: { audio: true, video: false, screen: false },
      description,
      bye: true,
    })
  })

  it.each([
    [null],
    [7],
    ['text'],
    [[]],
    [{ call: 1, hello: 'yes', devices: true, candidate: 'x', restart: 'true', bye: 1 }],
    [{ description: { type: 'rollback', sdp: '' } }],
    [{ description: { type: 'offer' } }],
  ])('is nothing when it is %j', (sent) => expect(readBlob(sent)).toEqual({}))
})

describe('how good a connection is', () => {
  const report = (roundTrip: number, received: number, lost: number, lostThere = 0) => [
    { type: 'candidate-pair', nominated: false, currentRoundTripTime: 9 },
    { type: 'candidate-pair', nominated: true, currentRoundTripTime: roundTrip },
    { type: 'inbound-rtp', packetsReceived: received, packetsLost: lost },
    { type: 'remote-inbound-rtp', fractionLost: lostThere },
  ]
  it.each([
    [report(0.05, 1_000, 0), 'good'],
    [report(0.4, 1_000, 0), 'fair'],
    [report(0.9, 1_000, 0), 'poor'],
    [report(0.05, 1_000, 50), 'fair'],
    [report(0.05, 1_000, 200), 'poor'],
    [report(0.05, 1_000, 0, 0.05), 'fair'],
    [[], 'good'],
  ])('%# is %s', (stats, quality) => {
    expect(qualityOf(stats, { received: 0, lost: 0 }).quality).toBe(quality)
  })

  it('is of the time since the last look', () => {
    const { counters } = qualityOf(report(0.05, 1_000, 200), { received: 0, lost: 0 })
    expect(qualityOf(report(0.05, 2_000, 200), counters).quality).toBe('good')
  })
})
