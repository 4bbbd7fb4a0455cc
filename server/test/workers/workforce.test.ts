import { FakeClock, turn } from '@parley/testkit'
import { expect, it } from 'vitest'
import { ConfigError, readConfig } from '../../config.ts'
import { type WorkerProcess, Workforce } from '../../workers/workforce.ts'

/** A process that does as it is told. */
class FakeProcess implements WorkerProcess {
  readonly slot: number
  readonly ready: Promise<string>
  readonly ended: Promise<string>
  asked = 0
  killed = 0
  serve: () => void = () => {}
  end: (how: string) => void = () => {}

  constructor(slot: number) {
    this.slot = slot
    this.ended = new Promise((resolve) => {
      this.end = resolve
    })
    this.ready = new Promise((resolve, reject) => {
      this.serve = () => resolve('http://127.0.0.1:1')
      void this.ended.then((how) => reject(new Error(how)))
    })
    this.ready.catch(() => {})
  }

  stop(): void {
    this.asked += 1
  }

  kill(): void {
    this.killed += 1
    this.end('SIGKILL')
  }
}

const world = (count: number) => {
  const clock = new FakeClock()
  const started: FakeProcess[] = []
  const restarts: string[] = []
  const workforce = new Workforce({
    count,
    clock,
    start: (slot) => {
      const each = new FakeProcess(slot)
      started.push(each)
      return each
    },
    onRestart: (slot, how, inMs) => restarts.push(`${slot} ${how} ${inMs}`),
  })
  return { clock, started, restarts, workforce }
}

it('WORKERS-8 the first worker starts alone, as it makes what all need; the start is over when all serve', async () => {
  const { started, workforce } = world(3)
  let url = ''
  void workforce.start().then((answer) => {
    url = answer
  })
  await turn()
  expect(started.map(({ slot }) => slot)).toEqual([1])
  started[0]!.serve()
  await turn()
  expect(started.map(({ slot }) => slot)).toEqual([1, 2, 3])
  started[1]!.serve()
  await turn()
  expect(url).toBe('')
  started[2]!.serve()
  await turn()
  expect(url).toBe('http://127.0.0.1:1')
})

it('WORKERS-8 a start in which one worker does not serve fails with its reason', async () => {
  const { started, workforce } = world(2)
  const failed = expect(workforce.start()).rejects.toThrow('no port')
  started[0]!.serve()
  await turn()
  started[1]!.end('no port')
  await failed
})

it('WORKERS-9 a worker that dies is followed by another; one that dies of its start, later each time, and in the end by none', async () => {
  const { clock, started, restarts, workforce } = world(1)
  const starting = workforce.start()
  started[0]!.serve()
  await starting
  await clock.advance(60_000)
  started[0]!.end('SIGKILL')
  await turn()
  await clock.advance(199)
  expect(started).toHaveLength(1)
  await clock.advance(1)
  expect(started).toHaveLength(2)
  let why = ''
  void workforce.gaveUp.then((answer) => {
    why = answer
  })
  for (let death = 1; death <= 5; death += 1) {
    expect(why).toBe('')
    started.at(-1)!.end('exit code 1')
    await turn()
    await clock.advance(9_000)
  }
  expect(restarts).toEqual([
    '1 SIGKILL 200',
    ...[200, 400, 800, 1_600].map((delay) => `1 exit code 1 ${delay}`),
  ])
  expect(why).toBe('worker 1 ended 5 times right after its start (exit code 1)')
  expect(started).toHaveLength(6)
})

it('WORKERS-10 a stop asks all, kills what is late, and starts nothing again', async () => {
  const { clock, started, workforce } = world(2)
  const starting = workforce.start()
  started[0]!.serve()
  await turn()
  started[1]!.serve()
  await starting
  started[0]!.end('SIGKILL')
  await turn()
  const stopping = workforce.stop(1_000)
  await clock.advance(999)
  expect(started.map(({ asked, killed }) => [asked, killed])).toEqual([
    [0, 0],
    [1, 0],
  ])
  await clock.advance(1)
  await stopping
  await clock.advance(60_000)
  expect(started[1]!.killed).toBe(1)
  expect(started).toHaveLength(2)
})

it('WORKERS-8 WORKERS is a number of processes or auto; anything else is refused with one line', () => {
  const workers = (value: string, more: Record<string, string> = {}): number =>
    readConfig({ WORKERS: value, ...more }).workers
  expect([workers(''), workers('1'), workers('2'), workers('64')]).toEqual([1, 1, 2, 64])
  expect(workers('auto')).toBeGreaterThanOrEqual(1)
  expect(workers('auto')).toBeLessThanOrEqual(16)
  for (const value of ['0', '-1', '65', '2.5', '1e1', 'all', '02']) {
    expect(() => workers(value)).toThrow(
      new ConfigError(`WORKERS must be auto or a whole number from 1 to 64; it is "${value}"`),
    )
  }
  const NODE_ID = 'n'.repeat(62)
  expect(workers('1', { NODE_ID })).toBe(1)
  expect(() => workers('2', { NODE_ID })).toThrow('NODE_ID must have at most 61 characters with WORKERS')
})
