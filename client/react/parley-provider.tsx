import { type ReactNode, useEffect, useState } from 'react'
import type { Parley, ParleyOptions } from '../api/parley.ts'
import { createParley } from '../create-parley.ts'
import { ClientLease } from './client-lease.ts'
import { ParleyContext } from './context.ts'

/** Either a client that the app made and closes, or the options of one that the provider makes and closes. */
export type ParleyProviderProps = { readonly children?: ReactNode } & (
  | { readonly parley: Parley; readonly options?: never }
  | { readonly options: ParleyOptions; readonly parley?: never }
)

/** By the object of options: providers that are given the same one share a client. */
const leases = new WeakMap<ParleyOptions, ClientLease>()

const leaseOf = (options: ParleyOptions): ClientLease => {
  const known = leases.get(options)
  if (known !== undefined) return known
  const lease = new ClientLease(options, createParley)
  leases.set(options, lease)
  return lease
}

const OwningProvider = ({ options, children }: { options: ParleyOptions; children?: ReactNode }) => {
  const [lease] = useState(() => leaseOf(options))
  const [parley, setParley] = useState(() => lease.parley)
  useEffect(() => {
    const giveUp = lease.hold()
    // It was closed while this was hidden: there is a new one.
    setParley(lease.parley)
    return giveUp
  }, [lease])
  return <ParleyContext value={parley}>{children}</ParleyContext>
}

/**
 * Gives a client to the hooks below it. With `options` it makes one, connects once it is mounted and closes it after it
 * is unmounted; StrictMode makes no second one. The options of the first render stand: give a `key` to change the user.
 */
export const ParleyProvider = (props: ParleyProviderProps) =>
  props.parley === undefined ? (
    <OwningProvider options={props.options}>{props.children}</OwningProvider>
  ) : (
    <ParleyContext value={props.parley}>{props.children}</ParleyContext>
  )
