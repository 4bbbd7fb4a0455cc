import { expect, test } from 'vitest'
import { parseJson } from '../index.ts'

test('SOCK-28 JSON deeper than the limit is refused before it is parsed, brackets in strings do not count', () => {
  const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)
  expect(parseJson(nested(32)).ok).toBe(true)
  expect(parseJson(nested(33))).toEqual({ ok: false, reason: 'depth' })
  expect(parseJson(`{"a":${nested(32)}}`)).toEqual({ ok: false, reason: 'depth' })
  expect(parseJson(nested(3), 2)).toEqual({ ok: false, reason: 'depth' })
  expect(parseJson(JSON.stringify(`\\"${'['.repeat(100)}`)).ok).toBe(true)
  expect(parseJson(JSON.stringify(Array.from({ length: 100 }, () => [[]]))).ok).toBe(true)
  expect(parseJson('{"a":')).toEqual({ ok: false, reason: 'syntax' })
  expect(parseJson('{"__proto__":{"x":1}}')).toMatchObject({ ok: true })
  expect(({} as { x?: number }).x).toBeUndefined()
})
