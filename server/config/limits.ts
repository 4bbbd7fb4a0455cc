import { DEFAULT_LIMITS, type LimitSettings } from '@parley/core'
import type { SettingValues } from './settings.ts'

/** Counts come from the settings, windows are fixed (wire, "Limits"). */
export const toLimits = (values: SettingValues): LimitSettings | 'off' => {
  if (values.LIMITS === 'off') return 'off'
  const withPoints = (name: keyof LimitSettings, points: number) => ({ ...DEFAULT_LIMITS[name], points })
  return {
    rest: withPoints('rest', values.LIMIT_REST),
    register: withPoints('register', values.LIMIT_REGISTER),
    login: withPoints('login', values.LIMIT_LOGIN),
    chat: withPoints('chat', values.LIMIT_CHAT),
    channel: withPoints('channel', values.LIMIT_CHANNEL),
    hub: withPoints('hub', values.LIMIT_HUB),
    whisper: withPoints('whisper', values.LIMIT_WHISPER),
    pin: DEFAULT_LIMITS.pin,
    room: DEFAULT_LIMITS.room,
    typing: withPoints('typing', values.LIMIT_TYPING),
    signal: withPoints('signal', values.LIMIT_SIGNAL),
    call: withPoints('call', values.LIMIT_CALL),
    sync: DEFAULT_LIMITS.sync,
    connect: withPoints('connect', values.LIMIT_CONNECT),
  }
}
