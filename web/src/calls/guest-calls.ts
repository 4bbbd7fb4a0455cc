import { type Calls, createCalls, createHttp, createRest, type Rest } from '@parley/client'

interface Guest {
  readonly calls: Calls
  readonly rest: Rest
}

let guest: Guest | null = null

/** What somebody without an account needs for a group call. One for the whole page. */
export const guestOfThisPage = (): Guest => {
  const url = location.origin
  guest ??= {
    calls: createCalls({ url, username: () => 'guest' }),
    rest: createRest(createHttp({ url })),
  }
  return guest
}
