import { useEffect, useState } from 'react'

/** False, then true after so many milliseconds; from the beginning when `key` changes. */
export function useDelay(ms: number, key: unknown = null): boolean {
  const [passed, setPassed] = useState<{ readonly key: unknown } | null>(null)
  useEffect(() => {
    const timer = setTimeout(() => setPassed({ key }), ms)
    return () => clearTimeout(timer)
  }, [ms, key])
  return passed !== null && passed.key === key
}
