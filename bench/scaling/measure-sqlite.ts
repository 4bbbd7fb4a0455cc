import { join } from 'node:path'
import { newDataFolder, startProcess } from '@parley/testkit/server-process'
import Database from 'better-sqlite3'
import { cpuTimeOf, ownCpuTimeOf } from './cpu-time.ts'
import { addPeopleToFile, JWT_SECRET } from './people.ts'
import { withRunning } from './running.ts'
import { clientAt, withGenerator } from './session.ts'
import { CHAT_PEOPLE, OUTSTANDING, WARM_MESSAGES } from './workloads.ts'

/** Direct messages as fast as one server takes them: everything that can be done at once is. */
export interface SqliteFigures {
  readonly messages: number
  readonly perSecond: number
  /** On disk, with indexes, for a message of 96 characters (bytes). */
  readonly bytesPerMessage: number
  /** Seconds of CPU for a message, its events and its receipt, of all processes. */
  readonly cpu: number
  /** Of it, the process that was started: with workers their primary, which writes and passes events on. */
  readonly primaryCpu: number
}

/** One server on SQLite, without any other service; with `workers` above 1 as several processes. */
export const measureSqlite = (messages: number, workers = 1): Promise<SqliteFigures> =>
  withRunning(
    async () => {
      const data = newDataFolder()
      const env = { JWT_SECRET, WORKERS: String(workers) }
      const server = await startProcess(data.path, { env }).catch((error) => {
        data.remove()
        throw error
      })
      const stop = async (): Promise<void> => {
        await server.stop()
        data.remove()
      }
      return { value: { server, file: join(data.path, 'parley.db') }, stop }
    },
    ({ server, file }) =>
      withGenerator(async (generator) => {
        const clients = addPeopleToFile(file, CHAT_PEOPLE).map((person) => clientAt(server.url, person))
        await generator.ask({ kind: 'chat', clients })
        await generator.ask({ kind: 'burst', messages: WARM_MESSAGES, outstanding: OUTSTANDING })
        const [bytes, before, ownBefore] = [fileBytes(file), cpuTimeOf(server.pid), ownCpuTimeOf(server.pid)]
        const { seconds } = await generator.ask({ kind: 'burst', messages, outstanding: OUTSTANDING })
        return {
          ...{ messages, perSecond: messages / seconds },
          cpu: (cpuTimeOf(server.pid) - before) / messages,
          primaryCpu: (ownCpuTimeOf(server.pid) - ownBefore) / messages,
          bytesPerMessage: (fileBytes(file) - bytes) / messages,
        }
      }),
  )

/** As a reader sees the file: with what is still in its log. */
const fileBytes = (file: string): number => {
  const database = new Database(file, { readonly: true, timeout: 10_000 })
  const number = (name: string): number => Number(database.pragma(name, { simple: true }))
  const bytes = number('page_count') * number('page_size')
  database.close()
  return bytes
}
