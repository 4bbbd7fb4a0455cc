import { useState } from 'react'

/** True once a connection that was there has been gone. */
export function useWasMissed(isConnected: boolean): boolean {
  const [seen, setSeen] = useState({ connected: isConnected, missed: false })
  const connected = seen.connected || isConnected
  const missed = seen.missed || (seen.connected && !isConnected)
  if (connected !== seen.connected || missed !== seen.missed) setSeen({ connected, missed })
  return missed
}
