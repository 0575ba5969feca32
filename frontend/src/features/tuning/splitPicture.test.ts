import { expect, test } from 'vitest'
import type { DataProfile } from '@/features/datasets/types'
import { splitBars, type Bar } from './splitPicture'

const profile = {
  over_time: { days_per_point: 1, points: [10, 30, 40, 20].map((count) => ({ date: '', count })) },
} as DataProfile

const share = (bars: Bar[], part: 0 | 1 | 2): number => {
  const total = bars.reduce((sum, bar) => sum + bar.height, 0)
  return bars.reduce((sum, bar) => sum + bar.height * bar.parts[part], 0) / total
}

test.each([true, false])('each part has its share of the interactions (by time: %s)', (byTime) => {
  const bars = splitBars(profile, byTime, 0.2)
  expect(share(bars, 2)).toBeCloseTo(0.2)
  expect(share(bars, 1)).toBeCloseTo(0.2)
  expect(share(bars, 0)).toBeCloseTo(0.6)
})

test('by time, what is kept untouched is the end', () => {
  const bars = splitBars(profile, true, 0.2)
  expect(bars.map((bar) => bar.parts[2])).toEqual([0, 0, expect.closeTo(0), 1])
})

test('data without times is one even row', () => {
  const bars = splitBars({ over_time: null } as DataProfile, false, 0.1)
  expect(new Set(bars.map((bar) => bar.height))).toEqual(new Set([1]))
})
