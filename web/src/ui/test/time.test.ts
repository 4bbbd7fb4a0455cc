import { describe, expect, it } from 'vitest'
import { formatAgo, formatDay, formatDuration, formatShort, formatTime, isSameDay } from '../time.ts'

/** In the zone of whoever runs this. */
const at = (day: number, hour = 12, minute = 0, month = 2, year = 2025) =>
  new Date(year, month, day, hour, minute)
const now = at(20, 15)

describe('times', () => {
  it('name the day as one would say it', () => {
    expect(formatDay(at(20, 0), 'en', now)).toBe('Today')
    expect(formatDay(at(19, 23, 59), 'en', now)).toBe('Yesterday')
    expect(formatDay(at(17), 'en', now)).toBe('Monday')
    expect(formatDay(at(3), 'en', now)).toBe('Monday, March 3')
    expect(formatDay(at(3, 12, 0, 2, 2024), 'en', now)).toBe('March 3, 2024')
    expect(formatDay(at(19), 'ar', now)).toBe('أمس')
  })

  it('are short in lists', () => {
    expect(formatShort(at(20, 9, 5), 'en', now)).toBe(formatTime(at(20, 9, 5), 'en'))
    expect(formatShort(at(17), 'en', now)).toBe('Mon')
    expect(formatShort(at(3), 'en', now)).toBe('Mar 3')
  })

  it('say how long ago', () => {
    expect(formatAgo(at(20, 14, 55), 'en', now)).toBe('5 minutes ago')
    expect(formatAgo(at(20, 13), 'en', now)).toBe('2 hours ago')
    expect(formatAgo(at(19, 14), 'en', now)).toBe('yesterday')
    expect(formatAgo(at(20, 15), 'en', now)).toBe('now')
  })

  it('compare days, not hours', () => {
    expect(isSameDay(at(20, 0, 1), at(20, 23, 59))).toBe(true)
    expect(isSameDay(at(19, 23, 59), at(20, 0, 0))).toBe(false)
  })

  it('measure what lasts', () => {
    expect(formatDuration(0)).toBe('0:00')
    expect(formatDuration(247_900)).toBe('4:07')
    expect(formatDuration(3_753_000)).toBe('1:02:33')
  })
})
