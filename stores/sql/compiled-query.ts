import {
  type Compilable,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import type { StoreDatabase } from './schema.ts'
import type { SqlValue } from './worker-protocol.ts'

export type SqlFlavour = 'sqlite' | 'postgres'

/** A query compiled once: its text, and how named values become its parameters. */
export interface CompiledRead<Row, Values> {
  readonly sql: string
  bind(values: Values): SqlValue[]
  /** Carries the row's type only. */
  readonly row?: Row
}

/** Stands for a value in a query until it is bound. */
class Placeholder {
  readonly name: string
  constructor(name: string) {
    this.name = name
  }
}

const compiler = {
  sqlite: () => ({
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db: Kysely<never>) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  }),
  postgres: () => ({
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db: Kysely<never>) => new PostgresIntrospector(db),
    createQueryCompiler: () => new PostgresQueryCompiler(),
  }),
} as const

/** A Kysely that only compiles. */
export function queryBuilder(flavour: SqlFlavour): Kysely<StoreDatabase> {
  const parts = compiler[flavour]()
  return new Kysely<StoreDatabase>({
    dialect: { ...parts, createIntrospector: (db) => parts.createIntrospector(db as Kysely<never>) },
  })
}

/**
 * Compiles a query whose values are not known yet: `build` gets a placeholder for each value, typed as the value,
 * and may only hand it on.
 */
export function compileRead<Values extends Record<keyof Values, SqlValue>, Row = never>(
  build: (values: Values) => Compilable<Row>,
): CompiledRead<Row, Values> {
  const placeholders = new Proxy({} as Values, {
    get: (_, name) => new Placeholder(String(name)),
  })
  const { sql, parameters } = build(placeholders).compile()
  return {
    sql,
    bind: (values) =>
      parameters.map((parameter) =>
        parameter instanceof Placeholder ? values[parameter.name as keyof Values] : (parameter as SqlValue),
      ),
  }
}
