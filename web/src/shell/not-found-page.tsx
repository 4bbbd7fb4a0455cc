import { Compass } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { Button, EmptyState } from '../ui/index.ts'

export function NotFoundPage() {
  const { t } = useTranslation('shell')
  const navigate = useNavigate()
  return (
    <div className="flex h-full min-h-0 flex-col">
      <EmptyState
        isPage
        icon={<Compass size={28} />}
        title={t('notFound.title')}
        text={t('notFound.text')}
        actions={<Button onClick={() => navigate('/')}>{t('notFound.home')}</Button>}
      />
    </div>
  )
}
