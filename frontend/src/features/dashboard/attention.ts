import type { Review } from '@/features/deployments/types'
import type { AbTest, Results } from '@/features/experiments/types'
import type { TrainedModel } from '@/features/models/types'
import type { ProjectSummary } from '@/features/projects/types'
import type { Run, Schedule } from '@/features/retraining/types'
import type { TuningJob } from '@/features/tuning/types'

export type AttentionKind =
  | 'jobFailed'
  | 'trainingFailed'
  | 'runFailed'
  | 'refused'
  | 'testBroken'
  | 'testDecided'
  | 'testEnded'
  | 'noData'

export interface Attention {
  kind: AttentionKind
  project: number
  to: string
  /** What it is called: a number or a name. */
  name: string
  at: string
}

/** What the lists of the server tell, each of them the newest rows only. */
export interface Sources {
  failedJobs: TuningJob[]
  failedModels: TrainedModel[]
  failedRuns: Run[]
  schedules: Schedule[]
  reviews: Review[]
  runningTests: AbTest[]
  endedTests: AbTest[]
  results: Map<number, Results>
  summaries: Map<number, ProjectSummary>
}

const RECENT_MS = 7 * 86_400_000
const DECIDED = ['better', 'worse']

/** What a person should look at, the newest first. Failures that are older than a week are history. */
export function attentionOf(sources: Sources, now: number): Attention[] {
  const recent = ({ at }: Attention): boolean => now - Date.parse(at) < RECENT_MS
  const past = [...failures(sources), ...refusals(sources), ...ended(sources)].filter(recent)
  return [...tests(sources), ...past, ...empty(sources)].sort(
    (one, other) => Date.parse(other.at) - Date.parse(one.at),
  )
}

const pathOf = (project: number, rest: string): string => `/projects/${String(project)}/${rest}`

function failures({ failedJobs, failedModels, failedRuns, schedules }: Sources): Attention[] {
  return [
    ...failedJobs.map(({ id, project, ins_datetime }) => ({
      kind: 'jobFailed' as const,
      project,
      to: pathOf(project, `tuning/${String(id)}`),
      name: String(id),
      at: ins_datetime,
    })),
    ...failedModels.map(({ id, project, ins_datetime }) => ({
      kind: 'trainingFailed' as const,
      project,
      to: pathOf(project, `models/${String(id)}`),
      name: String(id),
      at: ins_datetime,
    })),
    ...failedRuns.flatMap(({ id, schedule, completed_at, ins_datetime }) => {
      const project = schedules.find((one) => one.id === schedule)?.project
      if (project === undefined) return []
      const at = completed_at ?? ins_datetime
      const to = pathOf(project, 'retraining')
      return [{ kind: 'runFailed' as const, project, to, name: String(id), at }]
    }),
  ]
}

const refusals = ({ reviews }: Sources): Attention[] =>
  reviews
    .filter((review) => review.passed === false && !review.overridden_at && !review.deployment)
    .map(({ id, project, trained_model, ended_at, ins_datetime }) => ({
      kind: 'refused',
      project,
      to: pathOf(project, `deployment/comparisons/${String(id)}`),
      name: String(trained_model),
      at: ended_at ?? ins_datetime,
    }))

const tests = ({ runningTests, results }: Sources): Attention[] =>
  runningTests.flatMap((test) => {
    const found = results.get(test.id)
    const broken = found?.split?.is_broken ?? false
    if (!found || !(broken || DECIDED.includes(found.verdict.state))) return []
    return [ofTest(broken ? 'testBroken' : 'testDecided', test)]
  })

const ended = ({ endedTests }: Sources): Attention[] =>
  endedTests
    .filter(({ winner_slot }) => winner_slot === null)
    .map((test) => ofTest('testEnded', test))

const ofTest = (kind: AttentionKind, test: AbTest): Attention => ({
  kind,
  project: test.project,
  to: pathOf(test.project, `experiments/${String(test.id)}`),
  name: test.name,
  at: test.ended_at ?? test.started_at ?? test.ins_datetime,
})

const empty = ({ summaries }: Sources): Attention[] =>
  [...summaries]
    .filter(([, { n_data }]) => n_data === 0)
    .map(([project, { ins_datetime }]) => ({
      kind: 'noData',
      project,
      to: pathOf(project, 'data/upload'),
      name: '',
      at: ins_datetime,
    }))
