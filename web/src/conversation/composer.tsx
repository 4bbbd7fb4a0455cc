import type { Message } from '@parley/client'
import { Eye, Pencil, SendHorizontal, Smile, X } from 'lucide-react'
import {
  type ClipboardEvent,
  type FormEvent,
  type KeyboardEvent,
  type RefObject,
  type SyntheticEvent,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from 'react'
import { useTranslation } from 'react-i18next'
import { cx, IconButton, useAutoGrow } from '../ui/index.ts'
import { CompletionList, choiceId } from './completion-list.tsx'
import { actionOf } from './composer-keys.ts'
import { ComposerLimit } from './composer-limit.tsx'
import { useScope } from './conversation-scope.ts'
import { EmojiPopover } from './emoji-popover.tsx'
import { Preview } from './preview.tsx'
import type { Choice } from './use-choices.ts'
import { useCompletion } from './use-completion.ts'
import { useComposer } from './use-composer.ts'
import { useDraft } from './use-draft.ts'

export interface ComposerProps {
  readonly userId: string
  /** The thread it writes into; null: the conversation. */
  readonly parentId: string | null
  readonly placeholder: string
  /** The list says what the outbox holds. */
  readonly isReady: boolean
  /** What the arrow up changes; null: nothing can be changed. */
  readonly lastOwn: () => Message | null
  readonly fieldRef: RefObject<HTMLTextAreaElement | null>
}

function EditingBar({ onLeave }: { readonly onLeave: () => void }) {
  const { t } = useTranslation('conversation')
  return (
    <div className="flex items-center gap-2 border-b py-1 ps-3 pe-1 text-13">
      <Pencil size={14} aria-hidden="true" className="shrink-0 text-accent" />
      <span className="flex-1 font-medium">{t('composer.editing')}</span>
      <IconButton
        size="small"
        label={t('composer.leaveEditing')}
        icon={<X size={16} aria-hidden="true" />}
        onClick={onLeave}
      />
    </div>
  )
}

/** Where one writes. Enter sends, Shift and Enter break the line; nothing typed is lost. */
export function Composer(props: ComposerProps) {
  const { userId, parentId, placeholder, isReady, lastOwn, fieldRef } = props
  const { t } = useTranslation('conversation')
  const { conversation } = useScope()
  const control = useDraft(conversation, userId, parentId, isReady)
  const { text, draft } = control
  const isEditing = draft.editing !== null
  const composer = useComposer({ conversation, parentId, control, field: fieldRef })
  const completion = useCompletion(conversation)
  const [isPreview, setPreview] = useState(false)
  const [isPicking, setPicking] = useState(false)
  const listId = useId()
  const grow = useAutoGrow(text)
  const setField = (area: HTMLTextAreaElement | null) => {
    grow.current = area
    fieldRef.current = area
  }
  const hasChoices = completion.choices.length > 0

  // Where the caret belongs after the text was replaced.
  const caret = useRef<number | null>(null)
  useLayoutEffect(() => {
    if (caret.current === null) return
    fieldRef.current?.setSelectionRange(caret.current, caret.current)
    caret.current = null
  })
  const look = ({ currentTarget }: SyntheticEvent<HTMLTextAreaElement>) => {
    const { selectionStart, selectionEnd, value } = currentTarget
    completion.look(selectionStart === selectionEnd ? { text: value, caret: selectionStart } : null)
  }
  const choose = (choice?: Choice) => {
    const next = completion.choose(choice)
    if (next === null) return
    caret.current = next.caret
    composer.change(next.text)
    completion.look(next)
  }
  const submit = () => {
    composer.submit()
    completion.look(null)
    setPreview(false)
  }
  const act = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    const { key, code, shiftKey, altKey, ctrlKey, metaKey } = event
    // 229: a key of an input method, in browsers that do not say so.
    const isComposing = event.nativeEvent.isComposing || event.keyCode === 229
    const state = { hasChoices, isEditing, isEmpty: text === '', isPreview }
    const action = actionOf({ key, code, shiftKey, altKey, ctrlKey, metaKey, isComposing }, state)
    if (action === null) return
    const message = action === 'edit-last' ? lastOwn() : null
    if (action === 'edit-last' && message === null) return
    event.preventDefault()
    event.stopPropagation()
    if (action === 'send') submit()
    else if (action === 'choose') choose()
    else if (action === 'next-choice') completion.move(1)
    else if (action === 'previous-choice') completion.move(-1)
    else if (action === 'dismiss-choices') completion.dismiss()
    else if (action === 'leave-editing') composer.leaveEditing()
    else if (message !== null) composer.edit(message)
    else setPreview(action === 'toggle-preview' && !isPreview)
  }
  // Text alone: what else is in the clipboard is not sent.
  const paste = (event: ClipboardEvent) => {
    if (!event.clipboardData.types.includes('text/plain')) event.preventDefault()
  }
  return (
    <form
      onSubmit={(event: FormEvent) => {
        event.preventDefault()
        submit()
      }}
      className="relative shrink-0 px-3 pb-[max(0.75rem,env(safe-area-inset-bottom))] wide:px-5"
    >
      <div className="relative rounded-10 border border-edge bg-raised transition-[border-color] focus-within:border-accent">
        {hasChoices ? (
          <CompletionList
            id={listId}
            choices={completion.choices}
            active={completion.active}
            onPick={choose}
          />
        ) : null}
        {isEditing ? <EditingBar onLeave={composer.leaveEditing} /> : null}
        {isPreview ? <Preview text={text} /> : null}
        <div className="flex items-end gap-0.5 pe-1.5">
          <textarea
            ref={setField}
            rows={1}
            dir="auto"
            value={text}
            placeholder={placeholder}
            aria-label={placeholder}
            aria-autocomplete="list"
            aria-controls={hasChoices ? listId : undefined}
            aria-activedescendant={hasChoices ? choiceId(listId, completion.active) : undefined}
            aria-invalid={composer.error === null ? undefined : true}
            data-testid={parentId === null ? 'message-input' : 'thread-input'}
            autoComplete="off"
            onChange={(event) => {
              composer.change(event.target.value)
              look(event)
            }}
            onSelect={look}
            onBlur={() => {
              completion.look(null)
              if (!isEditing) conversation.stopTyping()
            }}
            onKeyDown={act}
            onPaste={paste}
            className={cx(
              'field-sizing-content min-w-0 flex-1 resize-none bg-transparent px-3 py-2.75 text-15 outline-none',
              isPreview ? 'max-h-[24dvh]' : 'max-h-[40dvh]',
            )}
          />
          <div className="flex items-center gap-0.5 py-1">
            <EmojiPopover
              isOpen={isPicking}
              onOpenChange={setPicking}
              onPick={composer.insert}
              trigger={
                <IconButton label={t('composer.emoji')} icon={<Smile size={18} aria-hidden="true" />} />
              }
            />
            <IconButton
              label={t('composer.preview')}
              shortcut="Alt+P"
              isPressed={isPreview}
              icon={<Eye size={18} aria-hidden="true" />}
              onClick={() => setPreview(!isPreview)}
            />
            <IconButton
              type="submit"
              label={t(isEditing ? 'composer.save' : 'composer.send')}
              look={composer.canSend ? 'primary' : 'quiet'}
              disabled={!composer.canSend}
              data-testid={parentId === null ? 'send-button' : 'thread-send-button'}
              icon={<SendHorizontal size={18} aria-hidden="true" className="directional" />}
            />
          </div>
        </div>
        <ComposerLimit length={composer.length} />
        {composer.error === null ? null : (
          <p role="alert" className="breakable px-3 pb-2 text-13 text-bad">
            {composer.error}
          </p>
        )}
      </div>
    </form>
  )
}
