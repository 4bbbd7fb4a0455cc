import { createContext, useContext } from 'react'
import type { Parley } from '../api/parley.ts'

export const ParleyContext = createContext<Parley | null>(null)

/** The client of the nearest `ParleyProvider`. Throws outside of one. */
export const useParley = (): Parley => {
  const parley = useContext(ParleyContext)
  if (parley === null) throw new Error('useParley needs a ParleyProvider around it.')
  return parley
}
