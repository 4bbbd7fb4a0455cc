import type { Participant } from '@parley/client'
import { useCallback, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button, cx, Notice } from '../ui/index.ts'

/** Shows a stream in an element, and lets go of it when the element goes. */
const useStream = (stream: MediaStream | null) =>
  useCallback(
    (element: HTMLMediaElement | null) => {
      if (element === null) return
      element.srcObject = stream
      // Also when the tracks of the stream come later.
      void element.play().catch(() => {})
      return () => {
        element.srcObject = null
      }
    },
    [stream],
  )

export interface PictureProps {
  readonly stream: MediaStream | null
  /** As in a mirror: one's own camera. */
  readonly isMirrored?: boolean
  /** Nothing of it is cut off: a screen. */
  readonly isWhole?: boolean
}

/** A moving picture. It is silent: sound comes from `CallAudio`. */
export function Picture({ stream, isMirrored = false, isWhole = false }: PictureProps) {
  const ref = useStream(stream)
  return (
    <video
      ref={ref}
      muted
      autoPlay
      playsInline
      className={cx(
        'size-full',
        isWhole ? 'object-contain' : 'object-cover',
        // Own camera, whatever the direction of the text.
        isMirrored && '-scale-x-100',
      )}
    />
  )
}

interface SoundProps {
  readonly stream: MediaStream
  readonly speaker: string | null
  readonly onBlocked: (retry: () => void) => void
}

function Sound({ stream, speaker, onBlocked }: SoundProps) {
  const element = useRef<HTMLAudioElement>(null)
  useEffect(() => {
    const audio = element.current
    if (audio === null) return
    audio.srcObject = stream
    const play = () => void audio.play().catch((error: unknown) => isBlocked(error) && onBlocked(play))
    play()
    return () => {
      audio.srcObject = null
    }
  }, [stream, onBlocked])
  useEffect(() => {
    if (speaker !== null) void element.current?.setSinkId?.(speaker).catch(() => {})
  }, [speaker])
  // biome-ignore lint/a11y/useMediaCaption: there are no words to show for a live call.
  return <audio ref={element} autoPlay />
}

const isBlocked = (error: unknown): boolean =>
  error instanceof DOMException && error.name === 'NotAllowedError'

export interface CallAudioProps {
  readonly participants: readonly Participant[]
  /** Device id; null: the usual one. */
  readonly speaker: string | null
}

/** What the others say, in whatever form the call is shown. Offers a button where the browser holds sound back. */
export function CallAudio({ participants, speaker }: CallAudioProps) {
  const { t } = useTranslation('call')
  const [retries, setRetries] = useState<readonly (() => void)[]>([])
  const onBlocked = useCallback((retry: () => void) => setRetries((all) => [...all.slice(-49), retry]), [])
  const playAll = () => {
    setRetries([])
    for (const retry of retries) retry()
  }
  return (
    <>
      {participants.map(({ peerId, stream }) =>
        stream === null ? null : (
          <Sound key={peerId} stream={stream} speaker={speaker} onBlocked={onBlocked} />
        ),
      )}
      {retries.length === 0 ? null : (
        <div className="fixed inset-x-2 bottom-2 z-60 mx-auto max-w-md" aria-live="assertive">
          <Notice
            tone="warn"
            action={
              <Button size="small" onClick={playAll}>
                {t('surface.playSound')}
              </Button>
            }
          >
            {t('surface.muted')}
          </Notice>
        </div>
      )}
    </>
  )
}
