import { useEffect, useState } from 'react'

/** The time, anew every so many milliseconds (default a minute), for words such as "5 minutes ago". */
export function useNow(everyMs = 60_000): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs)
    return () => clearInterval(timer)
  }, [everyMs])
  return now
}
