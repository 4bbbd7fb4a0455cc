import { useEffect, useRef } from 'react'

/** Runs each time a dialog opens: what was typed into it the last time goes. */
export function useOpening(isOpen: boolean, onOpen: () => void): void {
  const latest = useRef(onOpen)
  useEffect(() => {
    latest.current = onOpen
  })
  useEffect(() => {
    if (isOpen) latest.current()
  }, [isOpen])
}
