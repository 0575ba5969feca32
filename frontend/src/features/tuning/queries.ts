import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { api, unwrap } from '@/api/client'
import { MAX_PAGE_SIZE, PAGE_SIZE } from '@/api/pages'
import type { NewEvaluationConfig, NewSplitConfig, NewTuningJob, Trial, TuningJob } from './types'

type Id = MaybeRefOrGetter<number>
const POLL_MS = 5_000

export const tuningKeys = {
  all: ['tuning'] as const,
  list: (project: number, page: number) => [...tuningKeys.all, 'list', project, page] as const,
  job: (id: number) => [...tuningKeys.all, 'job', id] as const,
  trials: (id: number) => [...tuningKeys.job(id), 'trials'] as const,
  split: (id: number) => [...tuningKeys.all, 'split', id] as const,
  evaluation: (id: number) => [...tuningKeys.all, 'evaluation', id] as const,
  algorithms: ['algorithms'] as const,
}

export const isLive = (job: Pick<TuningJob, 'status'> | undefined): boolean =>
  job?.status === 'PENDING' || job?.status === 'RUNNING'

export const useTuningJobs = (project: Id, page: Id) =>
  useQuery({
    queryKey: computed(() => tuningKeys.list(toValue(project), toValue(page))),
    queryFn: ({ signal }) => {
      const query = {
        data__project: toValue(project),
        page: toValue(page),
        page_size: PAGE_SIZE,
      }
      return unwrap(api.GET('/api/v1/parameter_tuning_job/', { params: { query }, signal }))
    },
    refetchInterval: ({ state }) => (state.data?.results.some(isLive) ? POLL_MS : false),
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

async function startTuning({ split, evaluation, job }: TuningPlan): Promise<TuningJob> {
  const [madeSplit, madeEvaluation] = await Promise.all([
    unwrap(api.POST('/api/v1/split_config/', { body: split })),
    unwrap(api.POST('/api/v1/evaluation_config/', { body: evaluation })),
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
