import type {
  EvaluationConfig,
  Metric,
  NewEvaluationConfig,
  NewSplitConfig,
  Scheme,
  SplitConfig,
} from '@/features/tuning/types'

/** How a search anew holds interactions out, in the units that people type. */
export interface SplitChoice {
  scheme: Scheme
  heldoutPercent: number | null
  testUserPercent: number | null
  seed: number | null
}
/** By what it compares. */
export interface EvaluationChoice {
  metric: Metric
  cutoff: number | null
}

const percent = (ratio: number): number => Number((ratio * 100).toPrecision(12))

export const splitChoice = (row?: SplitConfig): SplitChoice => ({
  scheme: row?.scheme ?? 'RG',
  heldoutPercent: percent(row?.heldout_ratio ?? 0.1),
  testUserPercent: percent(row?.test_user_ratio ?? 1),
  seed: row?.random_seed ?? 42,
})

export const evaluationChoice = (row?: EvaluationConfig): EvaluationChoice => ({
  metric: row?.target_metric ?? 'ndcg',
  cutoff: row?.cutoff ?? 20,
})

export const newSplit = (choice: SplitChoice): NewSplitConfig => ({
  scheme: choice.scheme,
  heldout_ratio: (choice.heldoutPercent ?? 10) / 100,
  test_user_ratio: (choice.testUserPercent ?? 100) / 100,
  random_seed: choice.seed ?? 42,
})

export const newEvaluation = ({ metric, cutoff }: EvaluationChoice): NewEvaluationConfig => ({
  target_metric: metric,
  cutoff: cutoff ?? 20,
})

export const isSame = (one: object, other: object): boolean =>
  JSON.stringify(one) === JSON.stringify(other)
