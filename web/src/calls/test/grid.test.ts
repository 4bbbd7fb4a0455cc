import { describe, expect, it } from 'vitest'
import { columnsFor } from '../grid.ts'

describe('tiles of a call', () => {
  it.each([
    [1, 1400, 740, 1],
    [2, 1400, 740, 2],
    [3, 1400, 740, 2],
    [4, 1400, 740, 2],
    [5, 1400, 740, 3],
    [9, 1400, 740, 3],
    [2, 366, 720, 1],
    [3, 366, 720, 1],
    [6, 366, 720, 1],
    [12, 366, 720, 2],
  ])('%i of them in %i by %i px stand in %i columns', (count, width, height, columns) => {
    expect(columnsFor(count, width, height)).toBe(columns)
  })

  it('is one column before the size is known', () => {
    expect(columnsFor(4, 0, 0)).toBe(1)
  })
})
