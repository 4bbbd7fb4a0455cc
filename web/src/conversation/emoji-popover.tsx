import { type ReactElement, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Popover } from '../ui/index.ts'
import { EmojiPicker } from './emoji-picker.tsx'

export interface EmojiPopoverProps {
  readonly trigger: ReactElement
  readonly isOpen: boolean
  readonly onOpenChange: (isOpen: boolean) => void
  readonly onPick: (emoji: string) => void
}

/** A button that opens the choice of emoji. */
export function EmojiPopover({ trigger, isOpen, onOpenChange, onPick }: EmojiPopoverProps) {
  const { t } = useTranslation('conversation')
  const searchRef = useRef<HTMLInputElement>(null)
  return (
    <Popover
      trigger={trigger}
      title={t('emoji.title')}
      isTitleHidden
      side="top"
      align="end"
      isOpen={isOpen}
      onOpenChange={onOpenChange}
      initialFocus={searchRef}
    >
      <EmojiPicker
        searchRef={searchRef}
        onPick={(emoji) => {
          onOpenChange(false)
          onPick(emoji)
        }}
      />
    </Popover>
  )
}
