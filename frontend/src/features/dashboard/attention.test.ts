import { expect, test } from 'vitest'
import type { AbTest, Results } from '@/features/experiments/types'
import type { Review } from '@/features/deployments/types'
import { aJob } from '@/test/rows'
import { attentionOf, type Sources } from './attention'

const NOW = Date.parse('2026-03-08T00:00:00Z')
const nothing: Sources = {
  failedJobs: [],
  failedModels: [],
  failedRuns: [],
  schedules: [],
  reviews: [],
  runningTests: [],
  endedTests: [],
  results: new Map(),
  summaries: new Map(),
}
const aTest = (changes: Partial<AbTest> = {}) =>
  ({
    id: 6,
    project: 3,
    name: 'New shelf',
    started_at: '2026-02-01T00:00:00Z',
    ended_at: null,
    winner_slot: null,
    ...changes,
  }) as AbTest
const found = (state: string, is_broken = false) =>
  ({ verdict: { state }, split: { is_broken } }) as Results
const kinds = (changes: Partial<Sources>) =>
  attentionOf({ ...nothing, ...changes }, NOW).map(({ kind }) => kind)

test('failures of this week count, the newest first', () => {
  const failedJobs = ['02-20', '03-03', '03-05'].map((day, id) =>
    aJob({ id, ins_datetime: `2026-${day}T00:00:00Z` }),
  )
  const items = attentionOf({ ...nothing, failedJobs }, NOW)
  expect(items.map(({ to }) => to)).toEqual(['/projects/3/tuning/2', '/projects/3/tuning/1'])
})

test('a running test counts when it is decided or broken, however long ago it began', () => {
  const runningTests = [aTest()]
  expect(kinds({ runningTests })).toEqual([])
  expect(kinds({ runningTests, results: new Map([[6, found('collecting')]]) })).toEqual([])
  expect(kinds({ runningTests, results: new Map([[6, found('worse')]]) })).toEqual(['testDecided'])
  expect(kinds({ runningTests, results: new Map([[6, found('waiting', true)]]) })).toEqual([
    'testBroken',
  ])
})

test('a test that ended waits for its promotion', () => {
  const ended = { ended_at: '2026-03-07T00:00:00Z' }
  expect(kinds({ endedTests: [aTest(ended)] })).toEqual(['testEnded'])
  expect(kinds({ endedTests: [aTest({ ...ended, winner_slot: 4 })] })).toEqual([])
})

test('a refusal counts until somebody decides otherwise', () => {
  const review = {
    id: 9,
    project: 3,
    trained_model: 4,
    passed: false,
    overridden_at: null,
    deployment: null,
    ended_at: '2026-03-07T00:00:00Z',
  } as Review
  expect(kinds({ reviews: [review] })).toEqual(['refused'])
  const overridden = { ...review, overridden_at: '2026-03-07T01:00:00Z' }
  expect(kinds({ reviews: [overridden, { ...review, passed: true }] })).toEqual([])
})

test('a failed run is told where its schedule is known', () => {
  const run = { id: 1, schedule: 2, completed_at: '2026-03-07T00:00:00Z' }
  const failedRuns = [run] as Sources['failedRuns']
  const schedules = [{ id: 2, project: 3 }] as Sources['schedules']
  expect(kinds({ failedRuns })).toEqual([])
  expect(kinds({ failedRuns, schedules })).toEqual(['runFailed'])
})
