import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { directPath } from '../shell/index.ts'
import { Dialog } from '../ui/index.ts'
import { PersonRow } from './person-row.tsx'
import { PickList } from './pick-list.tsx'
import { usePeople } from './queries.ts'
import { useOpening } from './use-opening.ts'

export interface NewDirectDialogProps {
  readonly isOpen: boolean
  readonly onClose: () => void
}

/** Finds a person, then shows the direct conversation with them. */
export function NewDirectDialog({ isOpen, onClose }: NewDirectDialogProps) {
  const { t } = useTranslation('channel')
  const navigate = useNavigate()
  const field = useRef<HTMLInputElement>(null)
  const [search, setSearch] = useState('')
  const found = usePeople(search, isOpen)
  useOpening(isOpen, () => setSearch(''))
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={t('direct.title')} initialFocus={field} isFlush>
      <div className="flex h-[24rem] max-h-full flex-col pt-2">
        <PickList
          label={t('picker.label')}
          placeholder={t('picker.placeholder')}
          search={search}
          onSearch={setSearch}
          found={found}
          keyOf={({ id }) => id}
          onPick={({ id }) => {
            onClose()
            void navigate(directPath(id))
          }}
          empty={search.trim() === '' ? t('picker.nobody') : t('picker.none', { name: search.trim() })}
          failure={t('picker.failed')}
          inputRef={field}
          className="flex-1"
        >
          {(user) => <PersonRow user={user} />}
        </PickList>
      </div>
    </Dialog>
  )
}
