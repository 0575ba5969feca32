import type { Attribution, NewTest, Plan, PlanWish, TestMetric } from './types'

export const STEPS = ['slots', 'goal'] as const
export type PlanStep = (typeof STEPS)[number]

/** What has been chosen so far; percents as they are typed. */
export interface Draft {
  step: PlanStep
  name: string
  control: number | null
  variant: number | null
  metric: TestMetric
  lift: number | null
  level: number
  power: number
  /** Of the control, where no history tells it. */
  ratePercent: number | null
  attribution: Attribution
  /** None for as long as the test runs. */
  attributionHours: number | null
}

export const startDraft = (): Draft => ({
  step: 'slots',
  name: '',
  control: null,
  variant: null,
  metric: 'ctr',
  lift: 5,
  level: 0.95,
  power: 0.8,
  ratePercent: null,
  attribution: 'user',
  attributionHours: null,
})

const within = (value: number | null, low: number, high: number): value is number =>
  value !== null && value >= low && value <= high

/** What the server is asked; null while something is missing or out of bounds. */
export function wishOf(draft: Draft): PlanWish | null {
  const { control, variant, lift, ratePercent } = draft
  if (control === null || variant === null || control === variant) return null
  if (!within(lift, 0.1, 1000)) return null
  if (ratePercent !== null && !within(ratePercent, 0.01, 99)) return null
  return {
    control_slot: control,
    variant_slot: variant,
    target_metric_name: draft.metric,
    lift,
    confidence_level: draft.level,
    power: draft.power,
    ...(ratePercent === null ? {} : { rate: ratePercent / 100 }),
  }
}

export function testOf(draft: Draft, project: number, name: string, plan: Plan): NewTest {
  return {
    project,
    name: name.trim(),
    control_slot: draft.control ?? 0,
    variant_slot: draft.variant ?? 0,
    target_metric_name: draft.metric,
    confidence_level: draft.level,
    min_sample_size: plan.users ?? 1000,
    attribution: draft.attribution,
    attribution_hours: draft.attributionHours,
  }
}
