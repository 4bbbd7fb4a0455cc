import { afterEach, describe, expect, it } from 'vitest'
import { LineWorld } from './world/line-world.ts'

let world: LineWorld
afterEach(() => world.stop())

describe('clients on lines', () => {
  it('talk', async () => {
    world = await LineWorld.start()
    const ann = world.addUser('ann')
    const bob = world.addUser('bob')
    const id = await world.addChannel('tea', ann, [bob])
    const a = world.addClient(ann)
    const b = world.addClient(bob)
    await world.pass(1_000)
    const list = b.parley.conversation(id).messages
    list.subscribe(() => undefined)
    a.parley.conversation(id).send('hello')
    await world.pass(2_000)
    expect(list.get().items.map(({ source, seq }) => [source, seq])).toEqual([['hello', 1]])
    expect(
      a.parley
        .conversation(id)
        .messages.get()
        .items.map(({ status }) => status),
    ).toEqual(['delivered'])
    expect(b.parley.unread.get().messages).toBe(1)
  })
})
