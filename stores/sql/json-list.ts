import { sql } from 'kysely'
import type { SqlFlavour } from './compiled-query.ts'

/** Is a column one of the texts of a JSON array? One value for any number of them; by the column's index, however many. */
export const isOneOf = (flavour: SqlFlavour, column: string, array: string) =>
  flavour === 'sqlite'
    ? sql<boolean>`${sql.ref(column)} in (select value from json_each(${array}))`
    : sql<boolean>`${sql.ref(column)} = any(array(select json_array_elements_text(${array}::json)))`

/** The rows of a JSON array of `[text, number]`, numbered from the first on. */
export const pairsOf = (flavour: SqlFlavour, array: string) =>
  flavour === 'sqlite'
    ? sql<{ place: number; text: string; number: number }>`(select key as place, value ->> 0 as text,
        value ->> 1 as number from json_each(${array}))`
    : sql<{ place: number; text: string; number: number }>`(select place, value ->> 0 as text,
        (value ->> 1)::bigint as number from json_array_elements(${array}::json) with ordinality as t (value, place))`
