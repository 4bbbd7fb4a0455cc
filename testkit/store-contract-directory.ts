import { newId } from '@parley/model'
import { expect } from 'vitest'
import { type OpenStoreHarness, storeTest } from './store-contract-fixture.ts'

export function describeDirectory(open: OpenStoreHarness): void {
  storeTest(open, 'STORE-20 an account is found by its id and by its name in any case', async (scene) => {
    const { store, addUser } = scene
    const dora = await addUser({ username: 'DoRa', avatar: 'https://x/d.png' })
    expect(await store.directory.find(dora.id)).toEqual(dora)
    expect(await store.directory.findByName('dORA')).toEqual(dora)
    expect(dora).toMatchObject({ username: 'DoRa', avatar: 'https://x/d.png', role: 'user', disabled: false })
  })

  storeTest(open, 'STORE-20 roles and disabled accounts are told apart', async ({ store, addUser }) => {
    const admin = await addUser({ username: 'root', role: 'admin' })
    const guest = await addUser({ username: 'visitor', role: 'guest' })
    const gone = await addUser({ username: 'gone', disabled: true })
    expect((await store.directory.find(admin.id))?.role).toBe('admin')
    expect((await store.directory.find(guest.id))?.role).toBe('guest')
    expect((await store.directory.find(gone.id))?.disabled).toBe(true)
  })

  storeTest(open, 'STORE-20 nobody is found where nobody is', async ({ store }) => {
    expect(await store.directory.find(newId())).toBeNull()
    expect(await store.directory.findByName('nobody')).toBeNull()
    expect(await store.directory.findMany([])).toEqual([])
  })

  storeTest(open, 'STORE-20 many are found at once, unknown ones left out', async ({ store, ann, bob }) => {
    const found = await store.directory.findMany([bob.id, newId(), ann.id, bob.id])
    expect(found.map(({ id }) => id).sort()).toEqual([ann.id, bob.id].sort())
  })

  storeTest(open, 'STORE-21 the list is by name whatever the case, and pages', async ({ store, addUser }) => {
    await addUser({ username: 'aaron' })
    const first = await store.directory.list({ limit: 2 })
    expect(first.items.map(({ username }) => username)).toEqual(['aaron', 'Ann'])
    const second = await store.directory.list({ after: first.next!, limit: 2 })
    expect(second.items.map(({ username }) => username)).toEqual(['Bob', 'Cleo'])
    expect(second.next).toBeNull()
  })

  storeTest(open, 'STORE-21 guests and disabled accounts are not listed', async ({ store, addUser }) => {
    await addUser({ username: 'guest', role: 'guest' })
    await addUser({ username: 'banned', disabled: true })
    const { items } = await store.directory.list({ limit: 100 })
    expect(items.map(({ username }) => username)).toEqual(['Ann', 'Bob', 'Cleo'])
  })

  storeTest(open, 'STORE-22 search is by the beginning of the name, in any case', async (scene) => {
    const { store, addUser } = scene
    for (const username of ['Ändy', 'a%b', 'a_b', 'axb', 'Annabel']) await addUser({ username })
    const found = async (search: string) =>
      (await store.directory.list({ search, limit: 100 })).items.map(({ username }) => username)
    expect(await found('AN')).toEqual(['Ann', 'Annabel'])
    expect(await found('a%')).toEqual(['a%b'])
    expect(await found('a_')).toEqual(['a_b'])
    expect(await found('än')).toEqual(['Ändy'])
    expect(await found('nn')).toEqual([])
  })
}
