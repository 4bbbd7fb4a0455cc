import { fitNonNegative } from './least-squares.ts'
import type { Traffic } from './traffic.ts'

/** Seconds of CPU. */
export interface Cpu {
  /** All nodes together. */
  readonly nodes: number
  readonly postgres: number
  readonly redis: number
}

/** One workload on so many nodes. */
export interface Observation {
  readonly workload: string
  readonly nodes: number
  readonly seconds: number
  readonly traffic: Traffic
  /** Batches that were made durable: how many operations share one hangs on how busy a node is. */
  readonly commits: number
  readonly cpu: Cpu
}

/** CPU in seconds, each for one of what it is named after; `idle` for a second of one node. */
export interface SizingModel {
  readonly node: {
    readonly idle: number
    readonly commit: number
    readonly message: number
    readonly delivery: number
    readonly receipt: number
    readonly published: number
    readonly received: number
  }
  readonly postgres: {
    readonly idle: number
    readonly commit: number
    readonly message: number
    readonly receipt: number
  }
  readonly redis: {
    readonly idle: number
    readonly commit: number
    readonly published: number
    readonly received: number
  }
}

/** What the model is asked about. */
export type Question = Pick<Observation, 'nodes' | 'seconds' | 'traffic' | 'commits'>

const nodeFeatures = ({ nodes, seconds, traffic, commits }: Question): number[] => [
  nodes * seconds,
  commits,
  traffic.messages,
  traffic.deliveries,
  traffic.receipts,
  traffic.published,
  traffic.received,
]
const postgresFeatures = ({ nodes, seconds, traffic, commits }: Question): number[] => [
  nodes * seconds,
  commits,
  traffic.messages,
  traffic.receipts,
]
const redisFeatures = ({ nodes, seconds, traffic, commits }: Question): number[] => [
  nodes * seconds,
  commits,
  traffic.published,
  traffic.received,
]

/** Below it a measurement is hardly more than what it is counted in (s): ticks of 10 ms for processes, Redis counts finer. */
export const LEAST: Cpu = { nodes: 0.03, postgres: 0.03, redis: 0.005 }

/** The constants that explain what was measured; none is below 0. Needs seven observations that differ. */
export const fitModel = (observations: readonly Observation[]): SizingModel => {
  const fit = (features: (question: Question) => number[], part: keyof Cpu): readonly number[] =>
    fitNonNegative(
      observations.map(features),
      observations.map(({ cpu }) => cpu[part]),
      LEAST[part],
    )
  const [idle, commit, message, delivery, receipt, published, received] = fit(nodeFeatures, 'nodes')
  const [postgresIdle, postgresCommit, postgresMessage, postgresReceipt] = fit(postgresFeatures, 'postgres')
  const [redisIdle, redisCommit, redisPublished, redisReceived] = fit(redisFeatures, 'redis')
  return {
    node: {
      ...{ idle: idle!, commit: commit!, message: message!, delivery: delivery! },
      ...{ receipt: receipt!, published: published!, received: received! },
    },
    postgres: {
      ...{ idle: postgresIdle!, commit: postgresCommit! },
      ...{ message: postgresMessage!, receipt: postgresReceipt! },
    },
    redis: {
      ...{ idle: redisIdle!, commit: redisCommit! },
      ...{ published: redisPublished!, received: redisReceived! },
    },
  }
}

const sumOf = (features: readonly number[], constants: readonly number[]): number =>
  features.reduce((sum, value, index) => sum + value * constants[index]!, 0)

/** What the workload takes: linear in time and traffic. */
export const predict = ({ node, postgres, redis }: SizingModel, question: Question): Cpu => ({
  nodes: sumOf(nodeFeatures(question), [
    ...[node.idle, node.commit, node.message, node.delivery],
    ...[node.receipt, node.published, node.received],
  ]),
  postgres: sumOf(postgresFeatures(question), [
    postgres.idle,
    postgres.commit,
    postgres.message,
    postgres.receipt,
  ]),
  redis: sumOf(redisFeatures(question), [redis.idle, redis.commit, redis.published, redis.received]),
})

/** How far a prediction is from what was measured, as a share of the measured: 0.1 is 10 % too much. */
export const errorOf = (predicted: number, measured: number): number => predicted / measured - 1

/** The middle one; of an even number, the mean of the two in the middle. */
export const median = (values: readonly number[]): number => {
  if (values.length === 0) throw new Error('nothing has no median')
  const sorted = [...values].sort((a, b) => a - b)
  const half = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2
}
