import type { Message } from '@parley/client'
import { useTranslation } from 'react-i18next'
import { Button } from '../ui/index.ts'
import { useScope } from './conversation-scope.ts'

/** Under a message that was refused: why, and the ways on. */
export function FailedLine({ message }: { readonly message: Message }) {
  const { t } = useTranslation('conversation')
  const { actions } = useScope()
  return (
    <div className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-1 text-13 text-bad">
      <span className="breakable">
        {t('failed.reason')} <bdi>{message.failure?.message}</bdi>
      </span>
      <span className="flex gap-1">
        <Button size="small" onClick={() => actions.retry(message)}>
          {t('failed.retry')}
        </Button>
        <Button size="small" look="quiet" onClick={() => actions.discard(message)}>
          {t('failed.discard')}
        </Button>
      </span>
    </div>
  )
}
