import type { Page } from '@/api/pages'
import { stateOf as keyState, type ApiKey } from '@/features/api-keys/types'
import type { TrainingData } from '@/features/datasets/types'
import type { Slot } from '@/features/deployments/types'
import type { AbTest } from '@/features/experiments/types'
import type { TrainedModel } from '@/features/models/types'
import type { Schedule } from '@/features/retraining/types'
import type { TuningJob } from '@/features/tuning/types'
import { isReport, testScore } from '@/composables/useReportFigures'
import { formatAgo, formatCount, formatScore } from '@/format'
import type { PipelineStep, ProjectSummary } from './types'

type State = PipelineStep['state']
const STATES: Record<string, State> = {
  PENDING: 'running',
  RUNNING: 'running',
  READY: 'good',
  COMPLETED: 'good',
  FAILED: 'bad',
  CANCELLED: 'empty',
  SKIPPED: 'good',
}
const stateOf = (row: { status: string } | undefined): State => STATES[row?.status ?? ''] ?? 'empty'

export function dataStep(page?: Page<TrainingData>): PipelineStep {
  const newest = page?.results[0]
  return { key: 'data', state: stateOf(newest), figure: newest ? formatCount(newest.n_rows) : '' }
}

export function tuningStep(page?: Page<TuningJob>): PipelineStep {
  const newest = page?.results[0]
  const report = page?.results.map(({ result }) => result).find(isReport)
  return {
    key: 'tuning',
    state: stateOf(newest),
    figure: report ? formatScore(testScore(report)) : '',
  }
}

export function modelsStep(page?: Page<TrainedModel>): PipelineStep {
  return {
    key: 'models',
    state: stateOf(page?.results[0]),
    figure: page?.count ? formatCount(page.count) : '',
  }
}

export function deploymentStep(page?: Page<Slot>): PipelineStep {
  const active = page?.results.filter((slot) => slot.is_active) ?? []
  return {
    key: 'deployment',
    state: active.length ? 'good' : 'empty',
    figure: active.length ? formatCount(active.length) : '',
  }
}

export function experimentsStep(summary?: ProjectSummary, page?: Page<AbTest>): PipelineStep {
  const running = summary?.n_running_tests ?? 0
  return {
    key: 'experiments',
    state: running ? 'running' : stateOf(page?.results.find(({ ended_at }) => ended_at)),
    figure: running ? formatCount(running) : '',
  }
}

export function retrainingStep(
  schedule: Schedule | null | undefined,
  locale: string,
): PipelineStep {
  const { is_enabled: on, last_run_status: last, next_run_at: next } = schedule ?? {}
  return {
    key: 'retraining',
    state: last ? stateOf({ status: last }) : on ? 'good' : 'empty',
    figure: next ? formatAgo(next, Date.now(), locale) : '',
  }
}

export function keysStep(page?: Page<ApiKey>): PipelineStep {
  const active = page?.results.filter((key) => keyState(key) === 'ACTIVE') ?? []
  return {
    key: 'keys',
    state: active.length ? 'good' : 'empty',
    figure: active.length ? formatCount(active.length) : '',
  }
}
