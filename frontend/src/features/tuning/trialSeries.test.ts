import { expect, test } from 'vitest'
import { aTrial } from '@/test/rows'
import { bestSoFar, bestTrial, pointsByAlgorithm } from './trialSeries'

const trials = [
  aTrial(1, { score: 0.3, ended_at: '2026-03-01T10:00:09Z' }),
  aTrial(2, { score: null, state: 'FAILED' }),
  aTrial(3, { score: 0.2, algorithm: 'TopPop', ended_at: '2026-03-01T10:00:04Z' }),
  aTrial(4, { score: 0.5, ended_at: '2026-03-01T10:00:20Z' }),
]

test('a failed trial is no point', () => {
  const points = pointsByAlgorithm(trials, 'number')
  expect([...points.keys()]).toEqual(['IALS', 'TopPop'])
  expect(points.get('IALS')?.map(([x]) => x)).toEqual([1, 4])
})

test('the line never falls, by trial and by time', () => {
  expect(bestSoFar(trials, 'number')).toEqual([
    [1, 0.3],
    [3, 0.3],
    [4, 0.5],
  ])
  expect(bestSoFar(trials, 'time')).toEqual([
    [4, 0.2],
    [9, 0.3],
    [20, 0.5],
  ])
})

test('the best trial is the first of the highest score', () => {
  expect(bestTrial(trials)?.number).toBe(4)
  expect(bestTrial([])).toBeUndefined()
})
