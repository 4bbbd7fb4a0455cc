import { useEffect, useState } from 'react'

export interface Preview {
  readonly stream: MediaStream | null
  /** The camera is wanted, and cannot be had. */
  readonly isRefused: boolean
}

const NONE: Preview = { stream: null, isRefused: false }

/** One's own camera before a call, while it is wanted. */
export function usePreview(isWanted: boolean): Preview {
  const [preview, setPreview] = useState(NONE)
  useEffect(() => {
    const media = navigator.mediaDevices as MediaDevices | undefined
    if (!isWanted) return
    let isOver = false
    let opened: MediaStream | null = null
    const stop = () => {
      for (const track of opened?.getTracks() ?? []) track.stop()
    }
    const open = async () => {
      try {
        opened =
          (await media?.getUserMedia({ video: { width: { ideal: 1280 }, height: { ideal: 720 } } })) ?? null
        if (isOver) stop()
        else setPreview({ stream: opened, isRefused: opened === null })
      } catch {
        if (!isOver) setPreview({ stream: null, isRefused: true })
      }
    }
    void open()
    return () => {
      isOver = true
      stop()
      setPreview(NONE)
    }
  }, [isWanted])
  return preview
}
