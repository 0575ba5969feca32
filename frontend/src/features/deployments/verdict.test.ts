import { expect, test } from 'vitest'
import { placesOn, standingOf } from './verdict'

const judged = {
  status: 'COMPLETED',
  passed: false,
  overridden_at: null,
  deployment: null,
} as const

test.each([
  [{ ...judged, status: 'RUNNING', passed: null } as const, 'RUNNING'],
  [{ ...judged, status: 'FAILED', passed: null } as const, 'FAILED'],
  [{ ...judged, passed: true }, 'PASSED'],
  [judged, 'REFUSED'],
  [{ ...judged, overridden_at: '2026-03-01T10:00:00Z' }, 'OVERRIDDEN'],
  [{ ...judged, passed: true, deployment: 3 }, 'DEPLOYED'],
])('%o stands as %s', (review, standing) => {
  expect(standingOf(review)).toBe(standing)
})

test('the line holds zero, the limit and the whole interval', () => {
  const place = placesOn([0.02, 0.06, -0.03])
  const places = [-0.03, 0, 0.02, 0.06].map(place)
  expect(places).toEqual([...places].sort((one, other) => one - other))
  expect(Math.min(...places)).toBeGreaterThan(0)
  expect(Math.max(...places)).toBeLessThan(1)
})

test('two models that are alike do not break the line', () => {
  expect(placesOn([0, 0])(0)).toBe(0.5)
})
