import type { CompiledRead } from './compiled-query.ts'
import type { RowSet, SqlValue } from './worker-protocol.ts'

/** Where compiled queries run. */
export interface QueryRunner {
  query(sql: string, values: readonly SqlValue[]): Promise<RowSet>
}

export function toObjects<Row>({ columns, rows }: RowSet): Row[] {
  return rows.map((row) => {
    const object: Record<string, SqlValue> = {}
    for (let index = 0; index < columns.length; index += 1) object[columns[index]!] = row[index]!
    return object as Row
  })
}

/** Runs a compiled query with its values. */
export async function read<Row, Values>(
  runner: QueryRunner,
  query: CompiledRead<Row, Values>,
  values: Values,
): Promise<Row[]> {
  return toObjects<Row>(await runner.query(query.sql, query.bind(values)))
}
