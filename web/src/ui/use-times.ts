import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { formatAgo, formatDay, formatFull, formatShort, formatTime, type Moment } from './time.ts'

/** The formats of `time.ts` in the language of the app. */
export function useTimes() {
  const language = useTranslation().i18n.language
  return useMemo(
    () => ({
      time: (moment: Moment) => formatTime(moment, language),
      full: (moment: Moment) => formatFull(moment, language),
      day: (moment: Moment, now?: Moment) => formatDay(moment, language, now),
      short: (moment: Moment, now?: Moment) => formatShort(moment, language, now),
      ago: (moment: Moment, now?: Moment) => formatAgo(moment, language, now),
    }),
    [language],
  )
}
