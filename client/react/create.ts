import type { Parley, ParleyOptions } from '../api/parley.ts'

/** Stands in until the core is there. */
export const createParley = (_options: ParleyOptions): Parley => {
  throw new Error('Not there yet: give the provider a client.')
}
