import { MAX_MENTIONS, namesIn } from '@parley/model'
import { plainAccount } from '@parley/testkit'
import { describe, expect, it } from 'vitest'
import type { Directory, DirectoryUser } from '../index.ts'
import { Mentions } from '../mentions.ts'

describe('the names in a text', () => {
  it.each<readonly [string, readonly string[]]>([
    ['@bob', ['bob']],
    ['hey @Bob.', ['bob']],
    ['hey @bob, @bob! (@BOB)', ['bob']],
    ['@bob...', ['bob']],
    ['@bob-', ['bob']],
    ['@mary-jane and @j.d_2', ['mary-jane', 'j.d_2']],
    ['mail@bob', []],
    ['a.b@bob.com', []],
    ['@@bob', []],
    ['@bob@cas', ['bob']],
    ['_@bob', []],
    ['-@bob', []],
    ['@', []],
    ['@b', []],
    ['@b.', []],
    ['@ bob', []],
    ['@Ünal', []],
    ['(@bob)', ['bob']],
    ['\n@bob\t@cas', ['bob', 'cas']],
    ['@__proto__ @constructor', ['__proto__', 'constructor']],
    [`@${'n'.repeat(50)}`, ['n'.repeat(50)]],
    [`@${'n'.repeat(51)}`, []],
    [`@${'.'.repeat(1_900)}`, []],
  ])('CHAN-12 of %j', (text, names) => {
    expect(namesIn(text)).toEqual(names)
  })

  it('CHAN-12 are at most 20 different ones', () => {
    const names = Array.from({ length: 21 }, (_, index) => `user${index}`)
    const text = names.flatMap((name) => [`@${name}`, `@${name.toUpperCase()}`]).join(' ')
    expect(namesIn(text)).toEqual(names.slice(0, MAX_MENTIONS))
  })
})

class CountingDirectory implements Pick<Directory, 'findByName'> {
  asked: string[] = []
  readonly users = new Map<string, DirectoryUser>()

  async findByName(name: string): Promise<DirectoryUser | null> {
    this.asked.push(name)
    return this.users.get(name) ?? null
  }
}

describe('the accounts that a text names', () => {
  it('CHAN-12 are found whatever the case, unknown names are text, and a name is looked up once', async () => {
    const directory = new CountingDirectory()
    directory.users.set('bob', plainAccount({ id: 'id-of-bob', username: 'Bob' }))
    const mentions = new Mentions(directory as unknown as Directory)
    expect(mentions.find('nobody at all')).toEqual([])
    expect(await mentions.find('@Bob @nobody')).toEqual(['id-of-bob'])
    expect(await mentions.find('@BOB @nobody')).toEqual(['id-of-bob'])
    expect(directory.asked).toEqual(['bob', 'nobody'])
  })

  it('CHAN-12 a failed look-up is not remembered', async () => {
    const directory = new CountingDirectory()
    const find = directory.findByName.bind(directory)
    directory.findByName = () => Promise.reject(new Error('away'))
    const mentions = new Mentions(directory as unknown as Directory)
    await expect(mentions.find('@bob')).rejects.toThrow('away')
    directory.findByName = find
    directory.users.set('bob', plainAccount({ id: 'id-of-bob', username: 'Bob' }))
    expect(await mentions.find('@bob')).toEqual(['id-of-bob'])
  })
})
