import i18next from 'i18next'
import { showToast } from '../ui/index.ts'

/** Offers the new version; it waits for the next start otherwise. */
export const tellNewVersion = (takeOver: () => void): void => {
  showToast(i18next.t('update.text', { ns: 'shell' }), {
    id: 'new-version',
    isLasting: true,
    action: { label: i18next.t('update.action', { ns: 'shell' }), onSelect: takeOver },
  })
}
