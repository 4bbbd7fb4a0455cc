import { expect } from 'vitest'
import { append, type OpenStoreHarness, type Scene, storeTest } from './store-contract-fixture.ts'

const finds = async ({ store, ann }: Scene, text: string): Promise<string[]> =>
  (await store.search({ userId: ann.id, text, limit: 100 })).items.map(({ message }) => message.content)

export function describeSearch(open: OpenStoreHarness): void {
  storeTest(open, 'STORE-23 all words must be there, in any order and case', async (scene) => {
    const { ann, bob, send } = scene
    await send(ann, bob, 'The quick brown fox')
    await send(bob, ann, 'A brown dog')
    expect(await finds(scene, 'BROWN quick')).toEqual(['The quick brown fox'])
    expect(await finds(scene, 'brown')).toEqual(['A brown dog', 'The quick brown fox'])
    expect(await finds(scene, 'brown cat')).toEqual([])
  })

  storeTest(open, 'STORE-23 the last word also finds what it begins, the others do not', async (scene) => {
    await scene.send(scene.ann, scene.bob, 'meeting tomorrow')
    expect(await finds(scene, 'meeting tomo')).toEqual(['meeting tomorrow'])
    expect(await finds(scene, 'meet tomorrow')).toEqual([])
  })

  storeTest(open, 'STORE-23 words of other scripts are found', async (scene) => {
    await scene.send(scene.ann, scene.bob, 'Привет, мир! Café 東京')
    for (const text of ['привет', 'мир', 'cafe', '東京'])
      expect(await finds(scene, text), text).toHaveLength(1)
  })

  storeTest(open, 'STORE-24 what is searched for is never syntax', async (scene) => {
    await scene.send(scene.ann, scene.bob, 'plain words')
    for (const text of [
      '" OR *',
      'NEAR(',
      '*',
      '"',
      '""',
      'content:x',
      '-',
      '(',
      'a AND',
      '^x',
      "';--",
      '{scope}:u',
    ]) {
      expect(await finds(scene, text), text).toEqual([])
    }
    expect(await finds(scene, 'plain" words*(')).toEqual(['plain words'])
  })

  storeTest(open, 'STORE-24 no word, no result', async (scene) => {
    await scene.send(scene.ann, scene.bob, 'plain words')
    for (const text of ['', '   ', '!?…', '😀']) expect(await finds(scene, text), text).toEqual([])
  })

  storeTest(open, 'STORE-25 messages of others are never found', async (scene) => {
    const { store, ann, bob, cleo, send } = scene
    await send(bob, cleo, 'secret plan')
    await send(ann, bob, 'my plan')
    expect(await finds(scene, 'plan')).toEqual(['my plan'])
    const { items } = await store.search({ userId: ann.id, text: `plan ${cleo.id}`, limit: 10 })
    expect(items).toEqual([])
  })

  storeTest(open, 'STORE-26 results are newest first and page', async ({ store, ann, bob }) => {
    const ops = Array.from({ length: 7 }, (_, index) => append(ann, bob, { content: `word n${index + 1}` }))
    await store.commit(ops)
    const pages: string[][] = []
    for (let after: string | null | undefined; after !== null; ) {
      const query = { userId: bob.id, text: 'word', limit: 3 }
      const page = await store.search(after === undefined ? query : { ...query, after })
      pages.push(page.items.map(({ message }) => message.content.slice(5)))
      after = page.next
    }
    expect(pages).toEqual([['n7', 'n6', 'n5'], ['n4', 'n3', 'n2'], ['n1']])
  })

  storeTest(open, 'STORE-27 a search after a commit finds it', async (scene) => {
    for (let round = 0; round < 20; round += 1) {
      await scene.send(scene.ann, scene.bob, `needle${round} here`)
      expect(await finds(scene, `needle${round} here`)).toHaveLength(1)
    }
  })
}
