import { useCallback, useState } from 'react'

/** The size of an element, in CSS pixels; 0 before it is known. */
export function useSize(): {
  readonly ref: (element: HTMLElement | null) => (() => void) | undefined
  readonly width: number
  readonly height: number
} {
  const [size, setSize] = useState({ width: 0, height: 0 })
  const ref = useCallback((element: HTMLElement | null) => {
    if (element === null) return
    const observer = new ResizeObserver(([entry]) => {
      if (entry === undefined) return
      const { width, height } = entry.contentRect
      setSize({ width, height })
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [])
  return { ref, ...size }
}
