import { expect, test } from 'vitest'
import { startDraft, testOf, wishOf } from './plan'

const draft = { ...startDraft(), control: 1, variant: 2 }

test('nothing is asked until two different slots and a lift are chosen', () => {
  expect(wishOf(startDraft())).toBeNull()
  expect(wishOf({ ...draft, variant: 1 })).toBeNull()
  expect(wishOf({ ...draft, lift: null })).toBeNull()
  expect(wishOf({ ...draft, lift: 0 })).toBeNull()
  expect(wishOf(draft)).toMatchObject({ control_slot: 1, variant_slot: 2, lift: 5 })
})

test('the rate is sent as a part of one, and only when somebody typed it', () => {
  expect(wishOf(draft)).not.toHaveProperty('rate')
  expect(wishOf({ ...draft, ratePercent: 2.5 })).toMatchObject({ rate: 0.025 })
  expect(wishOf({ ...draft, ratePercent: 0 })).toBeNull()
})

test('the draft wants as many users as were planned', () => {
  const plan = {
    rate: 0.02,
    days_of_history: 28,
    users_per_day: 900,
    users: 12_400,
    users_looking_once: 9000,
    days: 14,
  }
  expect(testOf(draft, 3, ' new model ', plan)).toMatchObject({
    project: 3,
    name: 'new model',
    min_sample_size: 12_400,
    confidence_level: 0.95,
    attribution: 'user',
    attribution_hours: null,
  })
})
