const formats = new Map<string, Intl.DateTimeFormat>()

/** Hours and minutes as the language has them, without the half of the day: `2:05`, `14:05`. */
export const clockTime = (at: string, language: string): string => {
  const format =
    formats.get(language) ?? new Intl.DateTimeFormat(language, { hour: 'numeric', minute: '2-digit' })
  formats.set(language, format)
  return format
    .formatToParts(Date.parse(at))
    .filter(({ type }) => type !== 'dayPeriod')
    .map(({ value }) => value)
    .join('')
    .trim()
}
