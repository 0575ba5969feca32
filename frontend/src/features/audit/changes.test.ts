import { expect, test } from 'vitest'
import { changesOf, wordsOf } from './changes'

const words = { yes: 'yes', no: 'no', nothing: '–', moment: (iso: string) => `at ${iso}` }

test('values stand side by side, and those that say nothing are left out', () => {
  const before = { name: 'Old', time_column: null, scopes: ['read', 'predict'] }
  const after = { name: 'New', time_column: '', scopes: ['predict'] }
  expect(changesOf({ before, after })).toEqual([
    { field: 'name', before: 'Old', after: 'New' },
    { field: 'scopes', before: ['read', 'predict'], after: ['predict'] },
  ])
})

test('an entry without values has no changes, a new row only what is', () => {
  expect(changesOf({ before: null, after: null })).toEqual([])
  expect(changesOf({ before: null, after: { weight: 0 } })).toEqual([
    { field: 'weight', before: undefined, after: 0 },
  ])
})

test('values are words', () => {
  expect(wordsOf(true, words)).toBe('yes')
  expect(wordsOf(false, words)).toBe('no')
  expect(wordsOf(null, words)).toBe('–')
  expect(wordsOf(0, words)).toBe('0')
  expect(wordsOf([], words)).toBe('')
  expect(wordsOf(['read', 'write'], words)).toBe('read, write')
  expect(wordsOf('2026-03-01T10:00:00Z', words)).toBe('at 2026-03-01T10:00:00Z')
  expect(wordsOf({ a: 1 }, words)).toBe('{"a":1}')
})
