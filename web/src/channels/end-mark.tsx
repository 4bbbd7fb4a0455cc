import { useEffect, useRef } from 'react'

/** The end of a list that goes on: tells when it comes into sight. */
export function EndMark({ isActive, onReach }: { readonly isActive: boolean; readonly onReach: () => void }) {
  const mark = useRef<HTMLDivElement>(null)
  const reach = useRef(onReach)
  useEffect(() => {
    reach.current = onReach
  })
  useEffect(() => {
    const element = mark.current
    if (!isActive || element === null || typeof IntersectionObserver === 'undefined') return
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) reach.current()
      },
      { rootMargin: '200px' },
    )
    observer.observe(element)
    // A short page may leave the mark in sight, which tells nothing by itself.
    const again = setInterval(() => {
      observer.unobserve(element)
      observer.observe(element)
    }, 500)
    return () => {
      clearInterval(again)
      observer.disconnect()
    }
  }, [isActive])
  return <div ref={mark} aria-hidden="true" className="h-px" />
}
