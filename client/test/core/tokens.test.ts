import { describe, expect, it } from 'vitest'
import { Backoff } from '../../backoff.ts'
import { claimsOf, RENEW_BEFORE, Tokens } from '../../tokens.ts'
import { FakeEnvironment } from '../rooms/fake-environment.ts'
import { tokenOf } from './world/test-client.ts'

const ann = { id: 'ANN', username: 'ann' }

describe('claimsOf', () => {
  const claims = (body: object) => claimsOf(`x.${Buffer.from(JSON.stringify(body)).toString('base64url')}.y`)

  it('reads who it is of and when it ends, under each name that the server accepts', () => {
    expect(claimsOf(tokenOf(ann, 100))).toEqual({
      user: { id: 'ann', username: 'ann', avatar: null },
      expiresAt: 100_000,
    })
    for (const name of ['userId', 'sub', 'id', '_id']) expect(claims({ [name]: 'a' })?.user?.id).toBe('a')
    expect(claims({ username: 'ann>>>???' })).toEqual({ user: null, expiresAt: null })
  })

  it('knows nothing of what is no JWT', () => {
    for (const text of ['', 'abc', 'a.b.c', 'a..c', `a.${btoa('null')}.c`]) expect(claimsOf(text)).toBeNull()
  })
})

describe('Tokens', () => {
  const renewing = () => {
    const environment = new FakeEnvironment()
    const asked: ((token: string) => void)[] = []
    const getToken = () => new Promise<string>((resolve) => asked.push(resolve))
    return { environment, asked, tokens: new Tokens({ getToken }, environment) }
  }

  it('asks once for all who wait', async () => {
    const { asked, tokens } = renewing()
    const both = Promise.all([tokens.get(), tokens.get()])
    expect(asked).toHaveLength(1)
    asked[0]?.('one')
    expect(await both).toEqual(['one', 'one'])
    expect(await tokens.get()).toBe('one')
    expect(asked).toHaveLength(1)
  })

  it('asks again a minute before it ends', async () => {
    const { environment, asked, tokens } = renewing()
    const first = tokens.get()
    const endsAt = 600
    asked[0]?.(tokenOf(ann, endsAt))
    await first
    expect(tokens.renewAt).toBe(endsAt * 1_000 - RENEW_BEFORE)
    environment.pass(endsAt * 1_000 - RENEW_BEFORE - environment.now() - 1)
    await tokens.get()
    expect(asked).toHaveLength(1)
    environment.pass(1)
    void tokens.get()
    expect(asked).toHaveLength(2)
  })

  it('asks again after one was refused, and after asking failed', async () => {
    const environment = new FakeEnvironment()
    const answers = [() => Promise.resolve('one'), () => Promise.reject(new Error('away'))]
    const getToken = () => (answers.shift() ?? (() => Promise.resolve('three')))()
    const tokens = new Tokens({ getToken }, environment)
    await tokens.get()
    tokens.refuse('another')
    expect(tokens.current).toBe('one')
    tokens.refuse('one')
    await expect(tokens.get()).rejects.toThrow('away')
    expect(await tokens.get()).toBe('three')
  })

  it('has only the one that it was given where nobody can be asked', async () => {
    const tokens = new Tokens({ token: tokenOf(ann, 1) }, new FakeEnvironment())
    tokens.refuse(tokens.current)
    expect([await tokens.get(), tokens.renewAt, tokens.canRenew]).toEqual([tokenOf(ann, 1), null, false])
    await expect(new Tokens({}, new FakeEnvironment()).get()).rejects.toMatchObject({
      code: 'UNAUTHENTICATED',
      canRetry: false,
    })
  })
})

describe('Backoff', () => {
  it('is anything below a ceiling that doubles up to a limit', () => {
    let chance = 1
    const environment = { ...new FakeEnvironment(), random: () => chance } as FakeEnvironment
    const backoff = new Backoff(environment, 1_000, 30_000)
    const waits = Array.from({ length: 8 }, () => backoff.next())
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000])
    chance = 0
    expect(backoff.next()).toBe(0)
    chance = 0.5
    backoff.reset()
    expect(backoff.next()).toBe(500)
  })
})
