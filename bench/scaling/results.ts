import { cpus, platform, release, totalmem } from 'node:os'
import type { ConnectionFigures } from './measure-connections.ts'
import type { NodesResult } from './measure-nodes.ts'
import type { SqliteFigures } from './measure-sqlite.ts'
import { type Cpu, errorOf, LEAST, predict, type SizingModel } from './model.ts'

/** Everything that one run of the bench found, as `results.json` has it. */
export interface Results {
  readonly machine: {
    readonly cpu: string
    readonly cores: number
    readonly memoryBytes: number
    readonly system: string
    readonly node: string
  }
  /** Constants, in seconds of CPU. */
  readonly model: SizingModel
  readonly observations: readonly (NodesResult & { readonly predicted: Cpu })[]
  readonly connections: ConnectionFigures
  readonly sqlite: SqliteFigures
}

/** Above it the model is said to be wrong. */
export const TOLERANCE = 0.25

export const machineOf = (): Results['machine'] => ({
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memoryBytes: totalmem(),
  system: `${platform()} ${release()}`,
  node: process.version,
})

export const withPredictions = (
  model: SizingModel,
  observations: readonly NodesResult[],
): Results['observations'] =>
  observations.map((observation) => ({ ...observation, predicted: predict(model, observation) }))

const PARTS = ['nodes', 'postgres', 'redis'] as const

const milliseconds = (seconds: number): string => `${Math.round(seconds * 1_000)}`.padStart(6)
/** Nothing is said of what is too little to be measured. */
const percent = (share: number, isTooLittle: boolean): string =>
  isTooLittle ? '     –' : `${share >= 0 ? '+' : '−'}${Math.abs(Math.round(share * 100))} %`.padStart(7)

/** Measured, predicted and error of every workload, as Markdown. */
export const tableOf = (observations: Results['observations']): string =>
  [
    '| nodes | workload | events: counted | planned | nodes: ms | predicted | error | PostgreSQL: ms | predicted | error | Redis: ms | predicted | error |',
    `|${' ---: |'.repeat(13)}`,
    ...observations.map(({ nodes, workload, traffic, counted, cpu, predicted }) => {
      const cells = PARTS.map(
        (part) =>
          `${milliseconds(cpu[part])} | ${milliseconds(predicted[part])} | ${percent(errorOf(predicted[part], cpu[part]), cpu[part] < LEAST[part])}`,
      )
      const events = `${counted.published + counted.received} | ${traffic.published + traffic.received}`
      return `| ${nodes} | ${workload} | ${events} | ${cells.join(' | ')} |`
    }),
  ].join('\n')

/** Each prediction for `nodes` nodes that is further off than the tolerance, where there was enough to measure. */
export const misses = (observations: Results['observations'], nodes: number): string[] =>
  observations
    .filter((observation) => observation.nodes === nodes)
    .flatMap(({ workload, cpu, predicted }) =>
      PARTS.flatMap((part) => {
        const error = errorOf(predicted[part], cpu[part])
        if (cpu[part] < LEAST[part] || Math.abs(error) <= TOLERANCE) return []
        return [
          `${workload}, ${part}: ${percent(error, false).trim()} (measured ${milliseconds(cpu[part]).trim()} ms)`,
        ]
      }),
    )
