import type { AuditEntry } from './types'

/** One value of a row that an entry is about; undefined where there was or is none. */
export interface Change {
  field: string
  before: unknown
  after: unknown
}

const recordOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}

const isNothing = (value: unknown): boolean => value === undefined || value === null || value === ''

/** The values of an entry side by side, without those that say nothing. */
export function changesOf({ before, after }: Pick<AuditEntry, 'before' | 'after'>): Change[] {
  const [was, is] = [recordOf(before), recordOf(after)]
  return [...new Set([...Object.keys(was), ...Object.keys(is)])]
    .map((field) => ({ field, before: was[field], after: is[field] }))
    .filter((change) => !isNothing(change.before) || !isNothing(change.after))
}

const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d/

interface Words {
  yes: string
  no: string
  nothing: string
  moment: (iso: string) => string
}

/** A value as a person reads it. */
export function wordsOf(value: unknown, words: Words): string {
  if (isNothing(value)) return words.nothing
  if (typeof value === 'boolean') return value ? words.yes : words.no
  if (Array.isArray(value)) return value.map((part) => wordsOf(part, words)).join(', ')
  if (typeof value === 'string') return MOMENT.test(value) ? words.moment(value) : value
  return typeof value === 'number' ? String(value) : JSON.stringify(value)
}
