import { type FanOutPoint, fanOutRatio } from './fan-out.ts'

/** By how much a ratio may be worse than the stored one. */
export const TOLERANCE = 0.15

/** CPU of Parley for a delivery, to that of a peer in the same runs. */
export interface GateRatio {
  readonly own: string
  readonly other: string
  readonly members: number
  readonly burst: number
  readonly ratio: number
}

export interface Loss {
  readonly name: string
  readonly before: number
  readonly now: number
}

export const GATE_MEMBERS = 200
const OWN = ['Parley channels', 'Parley hub']
const OTHERS = { 1: ['C, each', 'ws, each'], 10: ['C, coalesced', 'ws, each'] } as const

export const nameOf = ({ own, other, members, burst }: GateRatio): string =>
  `${own} to ${other}, ${burst === 1 ? 'single' : `bursts of ${burst}`}, ${members} members`

/** What the gate looks at. Throws when something of it was not measured. */
export const gateRatiosOf = (points: readonly FanOutPoint[]): GateRatio[] =>
  ([1, 10] as const).flatMap((burst) =>
    OWN.flatMap((own) =>
      OTHERS[burst].map((other) => {
        const ratio = fanOutRatio(points, [own, other], { members: GATE_MEMBERS, burst })
        if (ratio === null) throw new Error(`${own} or ${other} was not measured`)
        return { own, other, members: GATE_MEMBERS, burst, ratio }
      }),
    ),
  )

/** Ratios that are worse than the stored ones by more than the tolerance. One that is not stored, or no longer measured, is one too. */
export const lossesOf = (stored: readonly GateRatio[], now: readonly GateRatio[]): Loss[] => {
  const byName = new Map(now.map((ratio) => [nameOf(ratio), ratio.ratio]))
  const known = new Set(stored.map(nameOf))
  const worse = stored.flatMap((ratio): Loss[] => {
    const measured = byName.get(nameOf(ratio)) ?? Number.POSITIVE_INFINITY
    return measured > ratio.ratio * (1 + TOLERANCE)
      ? [{ name: nameOf(ratio), before: ratio.ratio, now: measured }]
      : []
  })
  const strange = now.filter((ratio) => !known.has(nameOf(ratio)))
  return [...worse, ...strange.map((ratio) => ({ name: nameOf(ratio), before: 0, now: ratio.ratio }))]
}

/** A machine that is busy with something else shows losses that are none: only what shows every time counts. */
export const lastingLosses = (tries: readonly (readonly Loss[])[]): Loss[] => {
  const [last = [], ...others] = [...tries].reverse()
  return last.filter(({ name }) => others.every((losses) => losses.some((loss) => loss.name === name)))
}
