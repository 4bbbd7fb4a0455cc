import { type CSSProperties, type KeyboardEvent, type PointerEvent, useRef, useState } from 'react'

/** One press of an arrow key (px). */
const STEP = 32
/** What stays free at the edges (px). */
const MARGIN = 8

interface Offset {
  readonly x: number
  readonly y: number
}

const ARROWS: Readonly<Record<string, Offset>> = {
  ArrowLeft: { x: -STEP, y: 0 },
  ArrowRight: { x: STEP, y: 0 },
  ArrowUp: { x: 0, y: -STEP },
  ArrowDown: { x: 0, y: STEP },
}

const REST: Offset = { x: 0, y: 0 }

/**
 * Something that lies above the rest, and that the pointer and the arrow keys move within its offset parent. `Home` puts it
 * back. Give `box` to the element and `handle` to what is focused for the keys.
 */
export function useMovable() {
  const box = useRef<HTMLDivElement>(null)
  const start = useRef<{ readonly pointer: Offset; readonly offset: Offset } | null>(null)
  const [offset, setOffset] = useState(REST)

  const moveTo = (wanted: Offset) => {
    const element = box.current
    if (element === null) return
    const own = element.getBoundingClientRect()
    const around =
      element.offsetParent?.getBoundingClientRect() ?? document.documentElement.getBoundingClientRect()
    // Where it lies by itself, whatever it was moved by.
    const [left, top] = [own.left - offset.x, own.top - offset.y]
    const within = (value: number, least: number, most: number) => Math.max(least, Math.min(value, most))
    setOffset({
      x: within(wanted.x, around.left + MARGIN - left, around.right - MARGIN - own.width - left),
      y: within(wanted.y, around.top + MARGIN - top, around.bottom - MARGIN - own.height - top),
    })
  }

  const style: CSSProperties = { transform: `translate(${offset.x}px, ${offset.y}px)`, touchAction: 'none' }
  return {
    box: {
      ref: box,
      style,
      onPointerDown: (event: PointerEvent<HTMLDivElement>) => {
        if (event.button !== 0 || (event.target as Element).closest('button:not([data-handle])') !== null)
          return
        start.current = { pointer: { x: event.clientX, y: event.clientY }, offset }
        event.currentTarget.setPointerCapture(event.pointerId)
      },
      onPointerMove: (event: PointerEvent<HTMLDivElement>) => {
        if (start.current === null) return
        const { pointer, offset: from } = start.current
        moveTo({ x: from.x + event.clientX - pointer.x, y: from.y + event.clientY - pointer.y })
      },
      onPointerUp: () => {
        start.current = null
      },
      onPointerCancel: () => {
        start.current = null
      },
    },
    handle: {
      'data-handle': '',
      onKeyDown: (event: KeyboardEvent) => {
        const step = ARROWS[event.key]
        if (event.key === 'Home') setOffset(REST)
        else if (step !== undefined) moveTo({ x: offset.x + step.x, y: offset.y + step.y })
        else return
        event.preventDefault()
        event.stopPropagation()
      },
    },
  } as const
}
