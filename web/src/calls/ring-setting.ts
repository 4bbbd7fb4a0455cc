import { create } from 'zustand'
import { kept } from '../settings/index.ts'

const KEY = 'parley.ring'

/** Does a call make a sound here? It does until somebody turns that off. */
export const useRingSetting = create<{ readonly hasSound: boolean }>(() => ({
  hasSound: kept.read(KEY) !== 'off',
}))

export const setRingSound = (isOn: boolean): void => {
  useRingSetting.setState({ hasSound: isOn })
  kept.write(KEY, isOn ? null : 'off')
}
