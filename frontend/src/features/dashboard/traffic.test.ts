import { expect, it } from 'vitest'
import { trafficOf } from './traffic'
import type { TrafficDay } from './types'

const row = (day: string, slot: number, impressions: number): TrafficDay => ({
  day,
  slot,
  slot_name: `slot ${slot}`,
  impressions,
  clicks: 0,
  purchases: 0,
  requests: 0,
  unknown_users: 0,
})

it('adds up the slots of a project and fills the days between', () => {
  const found = new Map([
    [1, [row('2026-02-27', 1, 5), row('2026-02-27', 2, 6), row('2026-03-01', 1, 7)]],
    [2, [row('2026-02-28', 3, 1)]],
    [3, []],
  ])
  const { days, impressions } = trafficOf(found)
  expect(days).toEqual(['2026-02-27', '2026-02-28', '2026-03-01'])
  expect([...impressions]).toEqual([
    [1, [11, 0, 7]],
    [2, [0, 1, 0]],
  ])
})

it('has no days where nothing was ever shown', () => {
  expect(trafficOf(new Map([[1, []]])).days).toEqual([])
})
