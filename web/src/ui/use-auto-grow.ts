import { useLayoutEffect, useRef } from 'react'

const hasFieldSizing = (): boolean =>
  typeof CSS !== 'undefined' && CSS.supports?.('field-sizing', 'content') === true

/**
 * Makes a text area as high as its text, where CSS alone cannot (`field-sizing`). Bound it by `max-height`; then it scrolls.
 * Give the answer to `ref`.
 */
export function useAutoGrow(value: string) {
  const ref = useRef<HTMLTextAreaElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the text decides the height.
  useLayoutEffect(() => {
    const area = ref.current
    if (area === null || hasFieldSizing()) return
    area.style.height = 'auto'
    area.style.height = `${area.scrollHeight}px`
  }, [value])
  return ref
}
