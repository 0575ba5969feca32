import { expect, test } from 'vitest'
import { expressionOf, rhythmOf, weekdayNames } from './rhythm'

test.each([
  ['30 * * * *', 'hourly'],
  ['0 2 * * *', 'daily'],
  ['5 23 * * 0', 'weekly'],
  ['0 0 31 * *', 'monthly'],
  ['0 */6 * * *', 'custom'],
  ['0 2 1 * 1', 'custom'],
  ['0 2 * 1 *', 'custom'],
  ['*/5 * * * *', 'custom'],
  ['0 2 * * 1-5', 'custom'],
  ['0 24 * * *', 'custom'],
  ['0 2 * *', 'custom'],
])('%s is %s and stays what it was', (expression, kind) => {
  const rhythm = rhythmOf(expression)
  expect(rhythm.kind).toBe(kind)
  expect(expressionOf(rhythm)).toBe(expression)
})

test('a weekly rhythm reads the day and the time', () => {
  expect(rhythmOf('5 3 * * 7')).toMatchObject({ kind: 'weekly', time: '03:05', weekday: 0 })
  expect(expressionOf({ ...rhythmOf('0 2 * * 0'), weekday: 3, time: '14:30' })).toBe('30 14 * * 3')
})

test('another rhythm keeps the time', () => {
  expect(expressionOf({ ...rhythmOf('15 4 * * *'), kind: 'monthly' })).toBe('15 4 1 * *')
})

test('the days of the week begin with Sunday in each language', () => {
  expect(weekdayNames('en')[0]).toBe('Sunday')
  expect(weekdayNames('ja')[6]).toBe('土曜日')
})
