import { Toast } from '@base-ui/react/toast'

/** What `ToastRegion` shows. Use `showToast`. */
export const toasts = Toast.createToastManager()

export interface ToastOptions {
  /** Default `info`. */
  readonly tone?: 'info' | 'good' | 'bad'
  readonly action?: { readonly label: string; readonly onSelect: () => void }
  /** The same id replaces the one that is there. */
  readonly id?: string
  /** Stays until it is dismissed. */
  readonly isLasting?: boolean
}

/** Tells of something that happened, in a short sentence, politely. At most three are there at once. */
export const showToast = (
  text: string,
  { tone = 'info', action, id, isLasting = false }: ToastOptions = {},
): string => {
  const key: string = toasts.add({
    ...(id === undefined ? {} : { id }),
    title: text,
    type: tone,
    ...(isLasting ? { timeout: 0 } : {}),
    ...(action === undefined
      ? {}
      : {
          actionProps: {
            children: action.label,
            onClick: () => {
              action.onSelect()
              toasts.close(key)
            },
          },
        }),
  })
  return key
}
