import type { Call, CallEnd } from '@parley/client'
import { Phone, PhoneOff } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Button, EmptyState } from '../ui/index.ts'

export interface CallEndStateProps {
  readonly call: Call
  readonly end: CallEnd
  readonly onClose: () => void
  /** Calls, or joins, once more; left out where that makes no sense. */
  readonly onAgain?: (() => void) | undefined
}

/** Why the call is over, and what one can do now. */
export function CallEndState({ call, end, onClose, onAgain }: CallEndStateProps) {
  const { t } = useTranslation(['call', 'common'])
  return (
    <div role="alert" className="flex min-h-0 flex-1">
      <EmptyState
        icon={<PhoneOff size={28} aria-hidden="true" />}
        title={t(`end.${end}`, { name: call.name })}
        actions={
          <>
            <Button onClick={onClose}>{t('common:close')}</Button>
            {onAgain === undefined ? null : (
              <Button look="primary" icon={<Phone size={16} aria-hidden="true" />} onClick={onAgain}>
                {t(call.kind === 'group' ? 'end.rejoin' : 'end.again')}
              </Button>
            )}
          </>
        }
      />
    </div>
  )
}
