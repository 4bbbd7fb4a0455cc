import { Toast as Base } from '@base-ui/react/toast'
import { CircleAlert, CircleCheck, Info, X } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { cx } from './cx.ts'
import { IconButton } from './icon-button.tsx'
import { toasts } from './toasts.ts'

const MARKS = {
  info: { Icon: Info, colour: 'text-accent' },
  good: { Icon: CircleCheck, colour: 'text-good' },
  bad: { Icon: CircleAlert, colour: 'text-bad' },
} as const

const markOf = (type: string | undefined) => MARKS[type === 'good' || type === 'bad' ? type : 'info']

function ToastList() {
  const { t } = useTranslation('common')
  const manager = Base.useToastManager()
  return manager.toasts.map((toast) => {
    const { Icon, colour } = markOf(toast.type)
    return (
      <Base.Root
        key={toast.id}
        toast={toast}
        className={cx(
          'appears pointer-events-auto w-full rounded-10 border border-line bg-raised shadow-high',
          'data-limited:hidden',
        )}
      >
        <Base.Content className="flex items-center gap-2.5 py-2 ps-3.5 pe-2">
          <Icon size={18} aria-hidden="true" className={cx('shrink-0', colour)} />
          <Base.Title render={<div />} className="min-w-0 flex-1 breakable" />
          {toast.actionProps === undefined ? null : (
            <Base.Action className="h-7 shrink-0 rounded-6 px-2 text-13 font-medium text-accent hover:bg-hover" />
          )}
          <Base.Close
            render={
              <IconButton size="small" label={t('dismiss')} icon={<X size={16} aria-hidden="true" />} />
            }
          />
        </Base.Content>
      </Base.Root>
    )
  })
}

/** Where toasts appear; once in the app. Reached by F6 too. */
export function ToastRegion() {
  return (
    <Base.Provider toastManager={toasts} timeout={6_000} limit={3}>
      <Base.Portal>
        <Base.Viewport className="pointer-events-none fixed inset-x-4 bottom-[max(1rem,env(safe-area-inset-bottom))] z-60 mx-auto flex max-w-sm flex-col gap-2 outline-none wide:ms-auto wide:me-6">
          <ToastList />
        </Base.Viewport>
      </Base.Portal>
    </Base.Provider>
  )
}
