import { useTranslation } from 'react-i18next'
import { Dialog, Shortcut } from '../ui/index.ts'
import { KEY_LIST } from './key-list.ts'

export interface KeysDialogProps {
  readonly isOpen: boolean
  readonly onClose: () => void
}

/** All keys, by what they do. */
export function KeysDialog({ isOpen, onClose }: KeysDialogProps) {
  const { t } = useTranslation('shell')
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={t('keys.title')}>
      <div className="flex flex-col gap-5">
        {KEY_LIST.map(({ words, lines }) => (
          <section key={words}>
            <h3 className="mb-1 text-13 font-medium text-muted">{t(`keys.${words}`)}</h3>
            <dl>
              {lines.map((line) => (
                <div
                  key={line.words}
                  className="flex items-center justify-between gap-4 border-b py-1.5 last:border-b-0"
                >
                  <dt className="min-w-0 breakable">{t(`keys.${line.words}`)}</dt>
                  <dd className="flex shrink-0 gap-2">
                    {line.keys.map((keys) => (
                      <Shortcut key={keys} keys={keys} />
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  )
}
