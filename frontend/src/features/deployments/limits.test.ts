import { expect, test } from 'vitest'
import { limitsOf, shownLimits } from './limits'

const limits = {
  largest_loss: 0.03,
  smallest_n_users: 200,
  when_unsure: 'refuse',
  lowest_coverage_ratio: 0.5,
  largest_changed_share: 1,
  largest_latency_ratio: 5,
  harmless_latency_ms: 2,
  largest_size_ratio: 10,
  harmless_n_bytes: 100_000_000,
} as const

test('limits are typed in percent and megabytes and come back as they were', () => {
  const shown = shownLimits(limits)
  expect(shown).toMatchObject({ largest_loss: 3, lowest_coverage_ratio: 50, harmless_n_bytes: 100 })
  expect(limitsOf(shown)).toEqual(limits)
})

test('an emptied field is not sent', () => {
  const { largest_loss, ...rest } = limitsOf({ ...shownLimits(limits), largest_loss: null })
  expect(largest_loss).toBeUndefined()
  expect(rest.smallest_n_users).toBe(200)
})
