import type { ArrivalsPoint } from './arrivals.ts'
import { barChartOf } from './bar-chart.ts'
import type { DirectFigures } from './direct.ts'
import type { FanOutPoint } from './fan-out.ts'
import { median } from './figures.ts'
import type { GrowthPoint } from './growth.ts'
import type { IdlePoint } from './idle.ts'
import { lineChartOf } from './line-chart.ts'
import type { ReconnectPoint } from './reconnect.ts'

const isOwn = (name: string): boolean => name.startsWith('Parley')

export const fanOutChart = (points: readonly FanOutPoint[]): string => {
  const places = new Map(points.map(({ members, burst }) => [`${members} ${burst}`, { members, burst }]))
  return barChartOf({
    title: 'Fan-out: CPU of the server for one delivery',
    unit: 'µs',
    groups: [...places.values()].map(({ members, burst }) => ({
      title: `${members} members, ${burst === 1 ? 'single messages' : `bursts of ${burst}`}`,
      bars: points
        .filter((point) => point.members === members && point.burst === burst)
        .map(({ name, micros }) => ({ name, value: micros.median, isOwn: isOwn(name) })),
    })),
  })
}

export const idleChart = (points: readonly IdlePoint[]): string =>
  barChartOf({
    title: 'Idle connections: memory of the server for one more',
    unit: 'KiB',
    groups: [
      {
        title: 'Everybody connected and silent, RSS',
        bars: points.map(({ name, bytes }) => ({ name, value: bytes / 1_024, isOwn: isOwn(name) })),
      },
      {
        title: 'Live objects of it',
        bars: points.map(({ name, live }) => ({ name, value: live / 1_024, isOwn: isOwn(name) })),
      },
    ],
  })

export const directChart = (points: readonly DirectFigures[]): string => {
  const group = (title: string, unit: string, of: (point: DirectFigures) => number, isAtHalf = true) => ({
    ...{ title, unit },
    bars: points.map((point) => {
      const { name, atHalf } = point
      const label = isAtHalf ? `${name}, ${atHalf.perSecond}/s` : name
      return { name: label, value: of(point), isOwn: isOwn(name) }
    }),
  })
  return barChartOf({
    title: 'Direct messages: stored, acknowledged, delivered, receipt returned',
    unit: 'ms',
    groups: [
      group('At full load', 'messages a second', ({ perSecond }) => perSecond.median, false),
      group('CPU of the server for one', 'µs', ({ micros }) => micros.median, false),
      group('p99 at half of its own load, until acknowledged', 'ms', ({ atHalf }) => atHalf.ack.p99 / 1_000),
      group('until delivered', 'ms', ({ atHalf }) => atHalf.delivery.p99 / 1_000),
      group('until the receipt is back', 'ms', ({ atHalf }) => atHalf.receipt.p99 / 1_000),
    ],
  })
}

export const reconnectChart = (points: readonly ReconnectPoint[]): string =>
  barChartOf({
    title: 'A restart: how long until everybody is back',
    unit: 's',
    groups: [...new Set(points.map(({ clients }) => clients))].map((clients) => {
      const runs = points.filter((point) => point.clients === clients)
      const bar = (name: string, of: (point: ReconnectPoint) => number) => ({
        ...{ name, value: median(runs.map(of)), isOwn: true },
      })
      return {
        title: `${clients} clients`,
        bars: [
          bar('no server', ({ downSeconds }) => downSeconds),
          bar('until all are back', ({ seconds }) => seconds),
        ],
      }
    }),
  })

/** Stock servers have no place in it: their bytes would be all that one sees. */
export const arrivalsChart = (points: readonly ArrivalsPoint[]): string =>
  lineChartOf({
    ...{ title: 'Arrivals: bytes to all connections for one more', isLogarithmic: false },
    ...{ xTitle: 'online', yTitle: 'KiB' },
    series: points
      .filter(({ name }) => isOwn(name))
      .map(({ name, batches }) => ({
        name,
        points: batches.map(({ online, bytesEach }) => [online, bytesEach / 1_024] as const),
      })),
  })

export const growthChart = (points: readonly GrowthPoint[], axis: GrowthPoint['axis']): string => {
  const own = points.filter((point) => point.axis === axis)
  const series = (name: string, of: (point: GrowthPoint) => number) => ({
    name,
    points: own.map((point) => [point.size, of(point)] as const),
  })
  return lineChartOf({
    title: `Growth: CPU of a message with more ${axis === 'online' ? 'people online' : 'messages stored'}`,
    ...{ xTitle: axis, yTitle: 'times that of the smallest', isLogarithmic: true },
    series: [
      series('direct', ({ directRatio }) => directRatio),
      series('channel', ({ channelRatio }) => channelRatio),
    ],
  })
}
