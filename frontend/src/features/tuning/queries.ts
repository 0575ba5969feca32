import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { api, unwrap } from '@/api/client'
import { MAX_PAGE_SIZE, onePage, PAGE_SIZE } from '@/api/pages'
import type {
  EvaluationConfig,
  JobStatus,
  NewEvaluationConfig,
  NewSplitConfig,
  NewTuningJob,
  SplitConfig,
  Trial,
  TuningJob,
} from './types'

type Id = MaybeRefOrGetter<number>
const POLL_MS = 5_000
const REST_MS = 20_000

export const tuningKeys = {
  all: ['tuning'] as const,
  list: (project: number, page: number, status = '') =>
    [...tuningKeys.all, 'list', project, page, status] as const,
  open: ['tuning', 'open'] as const,
  job: (id: number) => [...tuningKeys.all, 'job', id] as const,
  trials: (id: number) => [...tuningKeys.job(id), 'trials'] as const,
  split: (id: number) => [...tuningKeys.all, 'split', id] as const,
  evaluation: (id: number) => [...tuningKeys.all, 'evaluation', id] as const,
  algorithms: ['algorithms'] as const,
}

export const isLive = (job: Pick<TuningJob, 'status'> | undefined): boolean =>
  job?.status === 'PENDING' || job?.status === 'RUNNING'

/** Jobs of a project, the newest first; with a status, only those. */
export const useTuningJobs = (
  project: Id,
  page: Id,
  status: MaybeRefOrGetter<JobStatus | undefined> = undefined,
) =>
  useQuery({
    queryKey: computed(() => tuningKeys.list(toValue(project), toValue(page), toValue(status))),
    queryFn: ({ signal }) => {
      const query = {
        data__project: toValue(project),
        status: toValue(status),
        page: toValue(page),
        page_size: PAGE_SIZE,
      }
      return unwrap(api.GET('/api/v1/parameter_tuning_job/', { params: { query }, signal }))
    },
    refetchInterval: ({ state }) => (state.data?.results.some(isLive) ? POLL_MS : false),
  })

/** Everybody's jobs that have not ended, as far as this person may see them. */
export const useOpenTuningJobs = () =>
  useQuery({
    queryKey: tuningKeys.open,
    queryFn: async ({ signal }) => {
      const pages = await Promise.all(
        (['RUNNING', 'PENDING'] as const).map((status) => {
          const query = { status, page_size: PAGE_SIZE }
          return unwrap(api.GET('/api/v1/parameter_tuning_job/', { params: { query }, signal }))
        }),
      )
      return onePage(pages)
    },
    refetchInterval: ({ state }) => (state.data?.count ? POLL_MS : REST_MS),
  })

/** One job; the socket brings changes at once, the slow poll is there for when it cannot. */
export const useTuningJob = (id: Id) =>
  useQuery({
    queryKey: computed(() => tuningKeys.job(toValue(id))),
    queryFn: ({ signal }) => {
      const path = { id: toValue(id) }
      return unwrap(api.GET('/api/v1/parameter_tuning_job/{id}/', { params: { path }, signal }))
    },
    refetchInterval: ({ state }) => (isLive(state.data) ? POLL_MS : false),
  })

/** Every finished trial by number; the list may grow while its pages are read. */
async function allTrials(id: number, signal: AbortSignal): Promise<Trial[]> {
  const rows = new Map<number, Trial>()
  for (let page = 1; ; page++) {
    const params = { path: { id }, query: { page, page_size: MAX_PAGE_SIZE } }
    const answer = await unwrap(
      api.GET('/api/v1/parameter_tuning_job/{id}/trials/', { params, signal }),
    )
    for (const row of answer.results as Trial[]) rows.set(row.number, row)
    if (!answer.next) return [...rows.values()].sort((one, other) => one.number - other.number)
  }
}

export const useTrials = (id: Id) =>
  useQuery({
    queryKey: computed(() => tuningKeys.trials(toValue(id))),
    queryFn: ({ signal }) => allTrials(toValue(id), signal),
  })

export const useAlgorithms = () =>
  useQuery({
    queryKey: tuningKeys.algorithms,
    queryFn: async ({ signal }) => {
      const query = { page_size: MAX_PAGE_SIZE }
      return (await unwrap(api.GET('/api/v1/algorithms/', { params: { query }, signal }))).results
    },
    staleTime: Infinity,
  })

export const useSplit = (id: MaybeRefOrGetter<number | undefined>) =>
  useQuery({
    queryKey: computed(() => tuningKeys.split(toValue(id) ?? 0)),
    queryFn: ({ signal }) => {
      const path = { id: toValue(id) ?? 0 }
      return unwrap(api.GET('/api/v1/split_config/{id}/', { params: { path }, signal }))
    },
    enabled: () => toValue(id) !== undefined,
  })

export const useEvaluation = (id: MaybeRefOrGetter<number | undefined>) =>
  useQuery({
    queryKey: computed(() => tuningKeys.evaluation(toValue(id) ?? 0)),
    queryFn: ({ signal }) => {
      const path = { id: toValue(id) ?? 0 }
      return unwrap(api.GET('/api/v1/evaluation_config/{id}/', { params: { path }, signal }))
    },
    enabled: () => toValue(id) !== undefined,
  })

export interface TuningPlan {
  split: NewSplitConfig
  evaluation: NewEvaluationConfig
  job: Omit<NewTuningJob, 'split' | 'evaluation'>
}

export const createSplit = (body: NewSplitConfig): Promise<SplitConfig> =>
  unwrap(api.POST('/api/v1/split_config/', { body }))

export const createEvaluation = (body: NewEvaluationConfig): Promise<EvaluationConfig> =>
  unwrap(api.POST('/api/v1/evaluation_config/', { body }))

async function startTuning({ split, evaluation, job }: TuningPlan): Promise<TuningJob> {
  const [madeSplit, madeEvaluation] = await Promise.all([
    createSplit(split),
    createEvaluation(evaluation),
  ])
  const body = { ...job, split: madeSplit.id, evaluation: madeEvaluation.id }
  return unwrap(api.POST('/api/v1/parameter_tuning_job/', { body }))
}

export function useStartTuning() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: startTuning,
    onSuccess: () => client.invalidateQueries({ queryKey: tuningKeys.all }),
  })
}

export function useCancelTuning() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: number) =>
      unwrap(api.POST('/api/v1/parameter_tuning_job/{id}/cancel/', { params: { path: { id } } })),
    onSettled: () => client.invalidateQueries({ queryKey: tuningKeys.all }),
  })
}

/** Goes on with a job that failed or was cancelled, from its finished trials. */
export function useRetryTuning() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: number) =>
      unwrap(api.POST('/api/v1/parameter_tuning_job/{id}/retry/', { params: { path: { id } } })),
    onSettled: () => client.invalidateQueries({ queryKey: tuningKeys.all }),
  })
}
