import type { Participant } from '@parley/client'
import { columnsFor } from './grid.ts'
import { Tile } from './tile.tsx'
import { useSize } from './use-size.ts'

/** px */
const GAP = 8
const RATIO = 16 / 9

const stageOf = (participants: readonly Participant[]): Participant | undefined =>
  participants.find(({ screen, connection }) => screen && connection !== 'failed')

/** Are there small pictures in a row at the bottom? */
export const hasRow = (participants: readonly Participant[]): boolean =>
  participants.length > 1 && stageOf(participants) !== undefined

/** All of one size; when somebody shares a screen, that one large and the others in a row. */
export function Tiles({ participants }: { readonly participants: readonly Participant[] }) {
  const stage = stageOf(participants)
  return stage === undefined ? (
    <EvenTiles participants={participants} />
  ) : (
    <Stage stage={stage} others={participants.filter((each) => each !== stage)} />
  )
}

function EvenTiles({ participants }: { readonly participants: readonly Participant[] }) {
  const { ref, width, height } = useSize()
  const columns = columnsFor(participants.length, width, height, GAP)
  const rows = Math.ceil(participants.length / columns)
  const across = (width - GAP * (columns - 1)) / columns
  const down = (height - GAP * (rows - 1)) / rows
  // One alone fills the place; several keep their form.
  const isAlone = participants.length === 1
  const tile = isAlone ? across : Math.min(across, down * RATIO)
  const tall = isAlone ? down : tile / RATIO
  return (
    <ul
      ref={ref}
      className="m-0 flex size-full list-none flex-wrap content-center items-center justify-center gap-2 p-0"
    >
      {participants.map((participant) => (
        <li
          key={participant.peerId}
          style={{ width: Math.max(0, Math.floor(tile)), height: Math.max(0, Math.floor(tall)) }}
        >
          <Tile participant={participant} />
        </li>
      ))}
    </ul>
  )
}

interface StageProps {
  readonly stage: Participant
  readonly others: readonly Participant[]
}

function Stage({ stage, others }: StageProps) {
  return (
    <div className="flex size-full min-h-0 flex-col gap-2">
      <div className="min-h-0 flex-1">
        <Tile participant={stage} isStage />
      </div>
      {others.length === 0 ? null : (
        <ul className="m-0 flex h-24 shrink-0 list-none gap-2 overflow-x-auto p-0.5 wide:h-32">
          {others.map((participant) => (
            <li key={participant.peerId} className="aspect-video h-full shrink-0">
              <Tile participant={participant} />
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
