import type { TuningPlan } from './queries'
import type { Algorithm, Metric, Scheme } from './types'

export const STEPS = ['data', 'split', 'evaluation', 'algorithms'] as const
export type WizardStep = (typeof STEPS)[number]
export type WizardEvent = 'next' | 'back'

/** What has been chosen so far; null algorithms means those that the server suggests. */
export interface Draft {
  step: WizardStep
  data: number | null
  scheme: Scheme
  heldoutPercent: number | null
  testUserPercent: number | null
  seed: number | null
  metric: Metric
  cutoff: number | null
  algorithms: string[] | null
  trials: number | null
  timeoutMinutes: number | null
}

export const startDraft = (): Draft => ({
  step: 'data',
  data: null,
  scheme: 'RG',
  heldoutPercent: 10,
  testUserPercent: 100,
  seed: 42,
  metric: 'ndcg',
  cutoff: 20,
  algorithms: null,
  trials: 40,
  timeoutMinutes: null,
})

export function move(step: WizardStep, event: WizardEvent): WizardStep {
  const at = STEPS.indexOf(step) + (event === 'next' ? 1 : -1)
  return STEPS[Math.min(Math.max(at, 0), STEPS.length - 1)] ?? step
}

const within = (value: number | null, low: number, high: number): boolean =>
  value !== null && value >= low && value <= high

/** Whether the step holds nothing that the server would surely refuse. */
export function isComplete(draft: Draft): boolean {
  switch (draft.step) {
    case 'data':
      return draft.data !== null
    case 'split':
      return within(draft.heldoutPercent, 1, 99) && within(draft.testUserPercent, 1, 100)
    case 'evaluation':
      return within(draft.cutoff, 1, 1000)
    case 'algorithms':
      return within(draft.trials, 1, 10_000) && draft.algorithms?.length !== 0
  }
}

export function planOf(draft: Draft): TuningPlan {
  return {
    split: {
      scheme: draft.scheme,
      heldout_ratio: (draft.heldoutPercent ?? 10) / 100,
      test_user_ratio: (draft.testUserPercent ?? 100) / 100,
      random_seed: draft.seed ?? 42,
    },
    evaluation: { target_metric: draft.metric, cutoff: draft.cutoff ?? 20 },
    job: {
      data: draft.data ?? 0,
      n_trials: draft.trials ?? 40,
      random_seed: draft.seed,
      tried_algorithms_json: draft.algorithms,
      timeout_overall: draft.timeoutMinutes === null ? null : draft.timeoutMinutes * 60,
    },
  }
}

/** What the server tries on a catalogue of so many items if it is told nothing. */
export const suggestedFor = (algorithms: Algorithm[], nItems?: number | null): Algorithm[] =>
  algorithms.filter(
    ({ tried_by_default, most_items }) =>
      tried_by_default && (most_items === null || (nItems ?? 0) <= most_items),
  )

export const sameNames = (some: string[], others: string[]): boolean =>
  some.length === others.length && some.every((name) => others.includes(name))
