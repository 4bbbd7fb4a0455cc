import { join } from 'node:path'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/**
 * What takes longest, in the order in which it begins: a long file that begins late leaves the other worker with nothing
 * to do. Files that keep a core busy take turns with those that mostly wait, so that the two workers do not want the
 * same core. A file that is missing here is only slower; one that is gone is passed over.
 */
const LONG_FILES = [
  'server/test/reliability/kill.test.ts',
  'server/test/cluster/matrix.test.ts',
  'e2e/test/web-messages.test.ts',
  'server/test/deploy/proxies.test.ts',
  'e2e/test/web-calls.test.ts',
  'server/test/cluster/killed-node.test.ts',
  'server/test/start/start.test.ts',
  'server/test/abuse/flood.test.ts',
  'e2e/test/web-scroll.test.ts',
  'server/test/cluster/chaos.test.ts',
  'e2e/test/web-rooms.test.ts',
  'server/test/cluster/rolling.test.ts',
  'e2e/test/web-channels.test.ts',
  'server/test/protocols/missed-call.test.ts',
  'e2e/test/web-looks.test.ts',
  'server/test/workers/workers.test.ts',
  'stores/sql/test/sqlite-contract.test.ts',
  'server/test/abuse/frames.test.ts',
  'stores/sql/test/shared-writer.test.ts',
  'server/test/presence/storm.test.ts',
  'server/test/cli/commands.test.ts',
  'buses/redis/test/nodes.test.ts',
  'stores/sql/test/postgres-contract.test.ts',
  'bench/scaling/test/real-nodes.test.ts',
]

/** Begins with the long files; then the project that shares its workers, whose files have to follow each other for that. */
export class LongFilesFirst extends BaseSequencer {
  override async sort(specs: TestSpecification[]): Promise<TestSpecification[]> {
    const { root } = this.ctx.config
    const places = new Map(LONG_FILES.map((file, index) => [join(root, file), index]))
    const placeOf = ({ moduleId, project }: TestSpecification): number =>
      places.get(moduleId) ?? LONG_FILES.length + (project.config.isolate ? 1 : 0)
    return (await super.sort(specs)).sort((one, other) => placeOf(one) - placeOf(other))
  }
}
