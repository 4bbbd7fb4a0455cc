import { turn } from '@parley/testkit'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { UserCache } from '../user-cache.ts'
import { type CoreScene, createScene } from './core-fixture.ts'

let scene: CoreScene
let users: UserCache
beforeEach(async () => {
  scene = await createScene()
  users = new UserCache(scene.store.directory)
})

describe('user cache', () => {
  it('DIRECT-1 an account that was asked for is there at once', async () => {
    const { ann } = scene
    const find = vi.spyOn(scene.store.directory, 'find')
    expect(await users.find(ann.id)).toEqual(ann)
    expect(users.find(ann.id)).toEqual(ann)
    expect(find).toHaveBeenCalledTimes(1)
  })

  it('DIRECT-2 an account that was disabled is refused as soon as it is forgotten', async () => {
    const { store, ann } = scene
    await users.find(ann.id)
    store.addUser({ ...ann, disabled: true })
    users.forget(ann.id)
    expect(await users.find(ann.id)).toMatchObject({ disabled: true })
  })

  it('DIRECT-2 what was read before a change is not remembered after it', async () => {
    const { store, ann } = scene
    let answer: (() => void) | undefined
    vi.spyOn(store.directory, 'find').mockImplementationOnce(async () => {
      await new Promise<void>((resolve) => {
        answer = resolve
      })
      return ann
    })
    const reading = users.find(ann.id)
    store.addUser({ ...ann, disabled: true })
    users.forget(ann.id)
    answer?.()
    await reading
    expect(await users.find(ann.id)).toMatchObject({ disabled: true })
  })

  it('DIRECT-2 an id that nobody has is remembered for a second at most', async () => {
    const { store, ann } = scene
    const id = '00000000-0000-7000-8000-000000000000'
    expect(await users.find(id)).toBeNull()
    expect(users.find(id)).toBeNull()
    store.addUser({ ...ann, id })
    await new Promise((resolve) => setTimeout(resolve, 1_050))
    expect(await users.find(id)).toMatchObject({ id })
  })

  it('DIRECT-1 while the store is away nobody is called unknown', async () => {
    scene.store.setAway(true)
    await expect(users.find(scene.ann.id)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    scene.store.setAway(false)
    await turn()
    expect(await users.find(scene.ann.id)).toEqual(scene.ann)
  })
})
