import { expect, test } from 'vitest'
import { differencePoints, reachOf, sharesSoFar } from './series'

const day = (n: number, low: number, high: number) => ({
  day: `2026-03-0${String(n)}`,
  control_impressions: 30,
  control_conversions: 3,
  variant_impressions: 10,
  variant_conversions: 2,
  control_rate: 0.1,
  variant_rate: 0.2,
  difference: [low, high],
  lift: null,
})

test('the axis shows what the last days know, and cuts off the first ones', () => {
  const points = differencePoints([day(1, -1, 1), day(2, -0.02, 0.03)])
  expect(points[1]).toMatchObject({ difference: 10, low: -2, high: 3 })
  expect(reachOf(points)).toBeCloseTo(9)
})

test('the axis is no wider than what there is to show, and never empty', () => {
  expect(reachOf(differencePoints([day(1, -0.02, 0.03)]))).toBeCloseTo(3)
  expect(reachOf([])).toBe(1)
})

test('the shares are of all who had come until then, from the first one on', () => {
  const nobody = { ...day(1, 0, 0), control_impressions: 0, variant_impressions: 0 }
  const later = { ...day(3, 0, 0), control_impressions: 10, variant_impressions: 30 }
  expect(sharesSoFar([nobody, day(2, 0, 0), later])).toEqual([
    { day: '2026-03-02', control: 0.75, variant: 0.25 },
    { day: '2026-03-03', control: 0.5, variant: 0.5 },
  ])
})
