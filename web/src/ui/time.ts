/** A point in time: ISO 8601, epoch milliseconds, or a date. */
export type Moment = string | number | Date

const DAY = 86_400_000

const formats = new Map<string, Intl.DateTimeFormat>()

/** The options that are used are few and fixed, so the map stays small: languages times the formats below. */
const formatOf = (
  language: string,
  name: string,
  options: Intl.DateTimeFormatOptions,
): Intl.DateTimeFormat => {
  const key = `${language} ${name}`
  let format = formats.get(key)
  if (format === undefined) {
    if (formats.size > 100) formats.clear()
    format = new Intl.DateTimeFormat(language, options)
    formats.set(key, format)
  }
  return format
}

const dateOf = (moment: Moment): Date => (moment instanceof Date ? moment : new Date(moment))

/** The day in the reader's zone, as a number: days compare by it, and differ by the days between. */
export const dayOf = (moment: Moment): number => {
  const date = dateOf(moment)
  return Math.floor(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / DAY)
}

export const isSameDay = (a: Moment, b: Moment): boolean => dayOf(a) === dayOf(b)

/** `14:05`, as the language has it. */
export const formatTime = (moment: Moment, language: string): string =>
  formatOf(language, 'time', { hour: '2-digit', minute: '2-digit' }).format(dateOf(moment))

/** Everything: `Wednesday, 12 March 2025 at 14:05:09 CET`. For hover and screen readers. */
export const formatFull = (moment: Moment, language: string): string =>
  formatOf(language, 'full', { dateStyle: 'full', timeStyle: 'medium' }).format(dateOf(moment))

const capitalised = (text: string, language: string): string =>
  text.charAt(0).toLocaleUpperCase(language) + text.slice(1)

/** For separators of days: `Today`, `Yesterday`, `Wednesday` within a week, `12 March`, with the year once it is another. */
export const formatDay = (moment: Moment, language: string, now: Moment = Date.now()): string => {
  const age = dayOf(now) - dayOf(moment)
  if (age === 0 || age === 1) {
    const words = new Intl.RelativeTimeFormat(language, { numeric: 'auto' }).format(-age, 'day')
    return capitalised(words, language)
  }
  const date = dateOf(moment)
  if (age > 1 && age < 7) return formatOf(language, 'weekday', { weekday: 'long' }).format(date)
  if (date.getFullYear() === dateOf(now).getFullYear())
    return formatOf(language, 'day', { weekday: 'long', day: 'numeric', month: 'long' }).format(date)
  return formatOf(language, 'year', { day: 'numeric', month: 'long', year: 'numeric' }).format(date)
}

/** Short, for lists: the time today, else `Yesterday`, the weekday, `12 Mar`, or with the year. */
export const formatShort = (moment: Moment, language: string, now: Moment = Date.now()): string => {
  const age = dayOf(now) - dayOf(moment)
  if (age === 0) return formatTime(moment, language)
  if (age === 1) return formatDay(moment, language, now)
  const date = dateOf(moment)
  if (age > 1 && age < 7) return formatOf(language, 'shortWeekday', { weekday: 'short' }).format(date)
  if (date.getFullYear() === dateOf(now).getFullYear())
    return formatOf(language, 'shortDay', { day: 'numeric', month: 'short' }).format(date)
  return formatOf(language, 'shortYear', { day: 'numeric', month: 'short', year: 'numeric' }).format(date)
}

const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 365 * DAY],
  ['month', 30 * DAY],
  ['week', 7 * DAY],
  ['day', DAY],
  ['hour', 3_600_000],
  ['minute', 60_000],
]

/** `5 minutes ago`, `yesterday`; under a minute: `now`. */
export const formatAgo = (moment: Moment, language: string, now: Moment = Date.now()): string => {
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' })
  const ms = dateOf(moment).getTime() - dateOf(now).getTime()
  for (const [unit, size] of STEPS) {
    if (Math.abs(ms) >= size) return relative.format(Math.trunc(ms / size), unit)
  }
  return relative.format(0, 'second')
}

/** How long something lasts: `4:07`, `1:02:33`. */
export const formatDuration = (ms: number): string => {
  const seconds = Math.max(0, Math.floor(ms / 1_000))
  const two = (value: number): string => String(value).padStart(2, '0')
  const hours = Math.floor(seconds / 3_600)
  const minutes = Math.floor(seconds / 60) % 60
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`
}
