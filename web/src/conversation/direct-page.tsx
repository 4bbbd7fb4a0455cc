import { type Conversation, type Parley, ParleyError } from '@parley/client'
import { useConversations, useParley } from '@parley/client/react'
import { UserX } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate, useParams } from 'react-router'
import { openDialog, PageHeader } from '../shell/index.ts'
import { Button, EmptyState, ErrorState, sentenceOf } from '../ui/index.ts'
import { ConversationView } from './conversation-view.tsx'
import { PageLoading } from './page-loading.tsx'

interface Opening {
  readonly conversation: Conversation | null
  readonly error: unknown
  readonly retry: () => void
}

/** Makes the conversation where there is none yet. */
const useOpened = (parley: Parley, userId: string, isWanted: boolean): Opening => {
  const [conversation, setConversation] = useState<Conversation | null>(null)
  const [error, setError] = useState<unknown>(null)
  const [tries, setTries] = useState(0)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another try is another effect.
  useEffect(() => {
    if (!isWanted) return
    let isOver = false
    setError(null)
    parley.openDirect(userId).then(
      (opened) => isOver || setConversation(opened),
      (cause: unknown) => isOver || setError(cause),
    )
    return () => {
      isOver = true
    }
  }, [parley, userId, isWanted, tries])
  return { conversation, error, retry: () => setTries((before) => before + 1) }
}

const NOBODY = ['NOT_FOUND', 'USER_NOT_FOUND', 'RECEIVER_NOT_FOUND', 'INVALID']

function Direct({ userId }: { readonly userId: string }) {
  const { t } = useTranslation('conversation')
  const parley = useParley()
  const navigate = useNavigate()
  const { state, items } = useConversations()
  const own = items.find(({ peer }) => peer?.id === userId)
  const opened = useOpened(parley, userId, own === undefined && state === 'ready')
  const conversation = own === undefined ? opened.conversation : parley.conversation(own.id)
  if (conversation !== null)
    return <ConversationView key={conversation.id} conversation={conversation} peer={own?.peer ?? null} />
  if (opened.error === null) return <PageLoading />
  const isNobody = opened.error instanceof ParleyError && NOBODY.includes(opened.error.code)
  return (
    <div className="flex h-full min-h-0 flex-col bg-surface">
      <PageHeader title={t('nobody.header')} />
      {isNobody ? (
        <EmptyState
          icon={<UserX size={28} />}
          title={t('nobody.title')}
          text={t('nobody.text')}
          actions={
            <Button
              look="primary"
              onClick={() => {
                openDialog('new-direct')
                void navigate('/')
              }}
            >
              {t('nobody.find')}
            </Button>
          }
        />
      ) : (
        <ErrorState
          title={t('failedOpen.title')}
          text={sentenceOf(opened.error, '')}
          onRetry={opened.retry}
        />
      )}
    </div>
  )
}

/** `/chat/dm/:userId`. */
export function DirectPage() {
  const { userId = '' } = useParams()
  return <Direct key={userId} userId={userId} />
}
