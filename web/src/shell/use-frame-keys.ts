import { useNavigate } from 'react-router'
import { useKey } from '../keys/index.ts'
import { closeDialog, openDialog, useDialogs } from './dialogs.ts'
import { usePanel } from './panel.ts'
import { pathOf } from './paths.ts'
import { stepFrom } from './sort-conversations.ts'
import { useOrder } from './use-order.ts'

/** Keys that work everywhere. Dialogs and menus take Escape before it comes here. */
export function useFrameKeys(): void {
  const navigate = useNavigate()
  const { all, current } = useOrder()
  const { panel, close } = usePanel()
  const isDialogOpen = useDialogs((state) => state.open !== null)
  const go = (step: 1 | -1, isUnreadOnly: boolean) => {
    const list = isUnreadOnly ? all.filter((summary) => summary.unreadCount > 0 || summary === current) : all
    const next = stepFrom(list, current, step)
    if (next !== null && next !== current) void navigate(pathOf(next))
  }
  const isOff = isDialogOpen
  useKey('Mod+K', () => (useDialogs.getState().open === 'palette' ? closeDialog() : openDialog('palette')))
  useKey('Mod+,', () => openDialog('settings'), { isOff })
  useKey('?', () => openDialog('keys'), { isOff })
  useKey('Alt+ArrowUp', () => go(-1, false), { isOff })
  useKey('Alt+ArrowDown', () => go(1, false), { isOff })
  useKey('Alt+Shift+ArrowUp', () => go(-1, true), { isOff })
  useKey('Alt+Shift+ArrowDown', () => go(1, true), { isOff })
  useKey('Escape', close, { isOff: isOff || panel === null, isInFields: true })
}
