import { SendHorizontal } from 'lucide-react'
import { type KeyboardEvent, useEffect, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { cx, IconButton, sentenceOf, useAutoGrow } from '../ui/index.ts'
import { draftOf, keepDraft } from './room-drafts.ts'

/** Longest message. */
const MAX = 5_000
/** From here on it says how many are left. */
const SHOW_LEFT_FROM = 0.9 * MAX

export interface RoomComposerProps {
  readonly userId: string
  readonly code: string
  /** What the room is called, for its label. */
  readonly name: string
  /** Why nothing can be said now; the text stays. Null: it can. */
  readonly waitsFor: string | null
  /** May throw; the text stays then. */
  readonly onSend: (text: string) => void
  readonly onKeystroke: () => void
  readonly onStopTyping: () => void
}

/** Enter says it, Shift and Enter break the line. The text goes only once the room has taken it over. */
export function RoomComposer(props: RoomComposerProps) {
  const { userId, code, name, waitsFor, onSend, onKeystroke, onStopTyping } = props
  const { t } = useTranslation('room')
  const [text, setText] = useState(() => draftOf(userId, code))
  const [error, setError] = useState<string | null>(null)
  const area = useAutoGrow(text)
  const noteId = useId()
  const isTooLong = text.trim().length > MAX
  const note = error ?? (text === '' ? null : waitsFor)

  const change = (next: string) => {
    setText(next)
    keepDraft(userId, code, next)
    setError(null)
    if (next.trim() === '') onStopTyping()
    else if (waitsFor === null) onKeystroke()
  }
  const send = () => {
    area.current?.focus()
    if (text.trim() === '' || isTooLong || waitsFor !== null) return
    try {
      onSend(text)
      change('')
    } catch (cause) {
      setError(sentenceOf(cause, t('waitEntering')))
    }
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.altKey || event.nativeEvent.isComposing) return
    event.preventDefault()
    send()
  }
  // Whoever came in by a keyboard goes on with it; focus that is somewhere stays there.
  useEffect(() => {
    const isNowhere = document.activeElement === document.body
    if (isNowhere && matchMedia('(pointer: fine)').matches) area.current?.focus({ preventScroll: true })
  }, [area])
  // Nobody types any more in a room that is out of sight.
  useEffect(() => onStopTyping, [onStopTyping])

  return (
    <div className="shrink-0 px-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] wide:px-4">
      <div className="flex items-end gap-1 rounded-10 border border-edge bg-raised p-1 focus-within:border-accent">
        <textarea
          ref={area}
          data-testid="message-input"
          aria-label={t('inputLabel', { name })}
          aria-describedby={noteId}
          aria-invalid={isTooLong || undefined}
          placeholder={t('input')}
          // Empty, it has no direction of its own, and the placeholder is that of the page.
          {...(text === '' ? {} : { dir: 'auto' })}
          rows={1}
          value={text}
          onChange={(event) => change(event.target.value)}
          onKeyDown={onKeyDown}
          className="field-sizing-content max-h-[40dvh] min-h-9 min-w-0 flex-1 resize-none bg-transparent px-2.5 py-1.75 outline-none"
        />
        <IconButton
          label={t('send')}
          look={text.trim() === '' || isTooLong || waitsFor !== null ? 'quiet' : 'primary'}
          icon={<SendHorizontal size={18} aria-hidden="true" className="directional" />}
          aria-disabled={text.trim() === '' || isTooLong || waitsFor !== null}
          data-testid="send-button"
          onClick={send}
        />
      </div>
      <div id={noteId} className="flex gap-3 px-1 text-12 text-muted">
        <span role="status" className={cx('min-w-0 flex-1 breakable', note !== null && 'pt-1')}>
          {note}
        </span>
        <Left length={text.trim().length} />
      </div>
    </div>
  )
}

function Left({ length }: { readonly length: number }) {
  const { t } = useTranslation('room')
  if (length < SHOW_LEFT_FROM) return null
  const left = MAX - length
  return (
    <span className={cx('figures shrink-0 pt-1', left < 0 && 'font-medium text-bad')}>
      {left < 0 ? t('tooLong', { count: -left }) : t('left', { count: left })}
    </span>
  )
}
