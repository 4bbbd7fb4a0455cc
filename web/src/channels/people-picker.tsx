import type { UserJson } from '@parley/client'
import { Check, X } from 'lucide-react'
import { type RefObject, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { MAX_INVITED } from './names.ts'
import { PersonRow } from './person-row.tsx'
import { PickList } from './pick-list.tsx'
import { usePeople } from './queries.ts'

export interface PeoplePickerProps {
  readonly picked: readonly UserJson[]
  readonly onChange: (picked: readonly UserJson[]) => void
  readonly isWanted: boolean
  /** Ids of those who are in already: shown, and not to be picked. */
  readonly members?: ReadonlySet<string>
  readonly inputRef?: RefObject<HTMLInputElement | null>
}

/** Finds people by name and keeps those who were picked, at most 100. Picking somebody again lets go of them. */
export function PeoplePicker({ picked, onChange, isWanted, members, inputRef }: PeoplePickerProps) {
  const { t } = useTranslation('channel')
  const [search, setSearch] = useState('')
  const found = usePeople(search, isWanted)
  const isPicked = ({ id }: UserJson) => picked.some((one) => one.id === id)
  const toggle = (user: UserJson) => {
    if (members?.has(user.id)) return
    if (isPicked(user)) onChange(picked.filter(({ id }) => id !== user.id))
    else if (picked.length < MAX_INVITED) onChange([...picked, user])
    setSearch('')
  }
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <ul aria-label={t('picker.picked')} className="flex flex-wrap gap-1.5 px-5 pb-2 empty:hidden">
        {picked.map((user) => (
          <li key={user.id}>
            <button
              type="button"
              onClick={() => toggle(user)}
              aria-label={t('picker.letGo', { name: user.username })}
              className="flex h-7 items-center gap-1 rounded-full bg-accent-soft ps-3 pe-2 text-13 hover:bg-selected pointer-coarse:h-11"
            >
              <span className="max-w-40 truncate" dir="auto">
                {user.username}
              </span>
              <X size={14} aria-hidden="true" className="text-muted" />
            </button>
          </li>
        ))}
      </ul>
      <PickList
        label={t('picker.label')}
        placeholder={t('picker.placeholder')}
        search={search}
        onSearch={setSearch}
        found={found}
        keyOf={({ id }) => id}
        onPick={toggle}
        empty={search.trim() === '' ? t('picker.nobody') : t('picker.none', { name: search.trim() })}
        failure={t('picker.failed')}
        className="min-h-0 flex-1"
        {...(inputRef === undefined ? {} : { inputRef })}
      >
        {(user) => (
          <>
            <PersonRow user={user} note={members?.has(user.id) ? t('picker.isMember') : undefined} />
            {isPicked(user) ? (
              <>
                <Check size={16} aria-hidden="true" className="shrink-0 text-accent" />
                <span className="sr-only">{t('picker.isPicked')}</span>
              </>
            ) : null}
          </>
        )}
      </PickList>
    </div>
  )
}
