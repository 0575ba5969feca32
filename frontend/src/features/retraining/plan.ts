import { createEvaluation, createSplit } from '@/features/tuning/queries'
import type { EvaluationConfig, SplitConfig } from '@/features/tuning/types'
import { expressionOf, ownZone, rhythmOf, type Rhythm } from './rhythm'
import type { Schedule, ScheduleChanges } from './types'
import {
  evaluationChoice,
  isSame,
  newEvaluation,
  newSplit,
  splitChoice,
  type EvaluationChoice,
  type SplitChoice,
} from './way'

/** A schedule with what its search anew goes by; null where another person made that and it cannot be read. */
export interface Known {
  schedule: Schedule | null
  split: SplitConfig | null | undefined
  evaluation: EvaluationConfig | null | undefined
}

/** A schedule as a form holds it, under the names of the server's fields. */
export interface Plan {
  is_enabled: boolean
  cron_expression: Rhythm
  time_zone: string
  training_data: number | null
  retune: 'no' | 'yes'
  model_configuration: number | null
  /** Null stays as it is. */
  split_config: SplitChoice | null
  evaluation_config: EvaluationChoice | null
  auto_deploy: boolean
  deployment_slot: number | null
  max_retries: number | null
  notify_on_failure: boolean
}

export const planOf = ({ schedule, split, evaluation }: Known): Plan => ({
  is_enabled: schedule?.is_enabled ?? true,
  cron_expression: rhythmOf(schedule?.cron_expression ?? '0 2 * * 0'),
  time_zone: schedule?.time_zone ?? ownZone(),
  training_data: schedule?.training_data ?? null,
  retune: schedule?.retune ? 'yes' : 'no',
  model_configuration: schedule?.model_configuration ?? null,
  split_config: split === null ? null : splitChoice(split),
  evaluation_config: evaluation === null ? null : evaluationChoice(evaluation),
  auto_deploy: schedule?.auto_deploy ?? false,
  deployment_slot: schedule?.deployment_slot ?? null,
  max_retries: schedule?.max_retries ?? 3,
  notify_on_failure: schedule?.notify_on_failure ?? true,
})

async function splitOf(plan: Plan, { split }: Known): Promise<ScheduleChanges> {
  const choice = plan.split_config
  if (choice === null || (split && isSame(choice, splitChoice(split)))) return {}
  return { split_config: (await createSplit(newSplit(choice))).id }
}

async function evaluationOf(plan: Plan, { evaluation }: Known): Promise<ScheduleChanges> {
  const choice = plan.evaluation_config
  if (choice === null || (evaluation && isSame(choice, evaluationChoice(evaluation)))) return {}
  return { evaluation_config: (await createEvaluation(newEvaluation(choice))).id }
}

/** What to tell the server; a split and an evaluation of its own are made first if there are none like it. */
export async function changesOf(plan: Plan, known: Known): Promise<ScheduleChanges> {
  const retune = plan.retune === 'yes'
  const ways = retune ? await Promise.all([splitOf(plan, known), evaluationOf(plan, known)]) : []
  const changes: ScheduleChanges = {
    is_enabled: plan.is_enabled,
    cron_expression: expressionOf(plan.cron_expression),
    time_zone: plan.time_zone.trim(),
    training_data: plan.training_data,
    retune,
    model_configuration: plan.model_configuration,
    auto_deploy: plan.auto_deploy,
    deployment_slot: plan.deployment_slot,
    max_retries: plan.max_retries ?? 0,
    notify_on_failure: plan.notify_on_failure,
  }
  return Object.assign(changes, ...ways) as ScheduleChanges
}
