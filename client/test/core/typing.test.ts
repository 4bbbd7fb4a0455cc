import { describe, expect, it } from 'vitest'
import { TypingSignal } from '../../typing-signal.ts'
import { Typists } from '../../typists.ts'
import { FakeEnvironment } from '../rooms/fake-environment.ts'

const signal = () => {
  const environment = new FakeEnvironment()
  const told: [at: number, isTyping: boolean][] = []
  const began = environment.now()
  const typing = new TypingSignal(environment, (isTyping) => told.push([environment.now() - began, isTyping]))
  return { environment, told, typing }
}

describe('TypingSignal', () => {
  it('tells after 300 ms, and that it ended 1 s after the last key', () => {
    const { environment, told, typing } = signal()
    for (let key = 0; key < 5; key += 1) {
      typing.keystroke()
      environment.pass(200)
    }
    environment.pass(5_000)
    expect(told).toEqual([
      [300, true],
      [1_800, false],
    ])
  })

  it('tells nothing of what was sent within 300 ms', () => {
    const { environment, told, typing } = signal()
    typing.keystroke()
    environment.pass(299)
    typing.stop()
    environment.pass(5_000)
    expect(told).toEqual([])
  })

  it('ends at once when it is stopped, once', () => {
    const { environment, told, typing } = signal()
    typing.keystroke()
    environment.pass(400)
    typing.stop()
    typing.stop()
    environment.pass(5_000)
    expect(told).toEqual([
      [300, true],
      [400, false],
    ])
  })

  it('tells again before the server forgets, and not for every key', () => {
    const { environment, told, typing } = signal()
    for (let key = 0; key < 100; key += 1) {
      typing.keystroke()
      environment.pass(500)
    }
    expect(told).toEqual([
      [300, true],
      // Others hear of changes alone.
      [20_500, false],
      [20_500, true],
      [40_500, false],
      [40_500, true],
    ])
  })
})

describe('Typists', () => {
  const ann = { userId: 'ann', name: 'Ann' }
  const bob = { userId: 'bob', name: 'Bob' }

  it('are those who began and did not end, in their order, each once', () => {
    const typists = new Typists(new FakeEnvironment())
    for (const typist of [ann, bob, ann]) typists.start(typist)
    expect(typists.value.get()).toEqual([ann, bob])
    typists.stop('ann')
    typists.stop('nobody')
    expect(typists.value.get()).toEqual([bob])
  })

  it('end by themselves when nobody says so', () => {
    const environment = new FakeEnvironment()
    const typists = new Typists(environment)
    typists.start(ann)
    environment.pass(20_000)
    typists.start(ann)
    environment.pass(31_000)
    expect(typists.value.get()).toEqual([ann])
    environment.pass(1_000)
    expect(typists.value.get()).toEqual([])
  })

  it('are at most twenty, and none after a clear', () => {
    const environment = new FakeEnvironment()
    const typists = new Typists(environment)
    for (let user = 0; user < 30; user += 1) typists.start({ userId: `u${user}`, name: 'U' })
    expect(typists.value.get()).toHaveLength(20)
    typists.clear()
    expect(typists.value.get()).toEqual([])
    typists.start(ann)
    environment.pass(1_000)
    expect(typists.value.get()).toEqual([ann])
  })
})
