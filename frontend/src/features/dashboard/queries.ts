import { useQueries, useQuery, type QueryKey } from '@tanstack/vue-query'
import { computed, toValue, type ComputedRef, type MaybeRefOrGetter } from 'vue'
import { api, unwrap } from '@/api/client'
import { MAX_PAGE_SIZE } from '@/api/pages'
import { testKeys, useRunningTests } from '@/features/experiments/queries'
import { projectKeys } from '@/features/projects/queries'
import type { ProjectSummary } from '@/features/projects/types'
import type { Sources } from './attention'
import type { TrafficDay } from './types'

const POLL_MS = 30_000
/** So many of each kind: whoever has more to look at begins with these. */
const FEW = 5

const few = { page_size: FEW }

function useList<R>(
  name: string,
  read: (signal: AbortSignal) => Promise<{ results: R[] }>,
  enabled: MaybeRefOrGetter<boolean> = true,
) {
  return useQuery({
    queryKey: ['home', name],
    queryFn: async ({ signal }): Promise<R[]> => (await read(signal)).results,
    refetchInterval: POLL_MS,
    enabled: computed(() => toValue(enabled)),
  })
}

const useFailedJobs = () =>
  useList('jobs', (signal) => {
    const query = { ...few, status: 'FAILED' as const }
    return unwrap(api.GET('/api/v1/parameter_tuning_job/', { params: { query }, signal }))
  })

const useFailedModels = () =>
  useList('models', (signal) => {
    const query = { ...few, status: 'FAILED' as const }
    return unwrap(api.GET('/api/v1/trained_model/', { params: { query }, signal }))
  })

const useFailedRuns = () =>
  useList('runs', (signal) => {
    const query = { ...few, status: 'FAILED' as const }
    return unwrap(api.GET('/api/v1/retraining_run/', { params: { query }, signal }))
  })

const useReviews = () =>
  useList('reviews', (signal) => {
    const query = { ...few, status: 'COMPLETED' as const }
    return unwrap(api.GET('/api/v1/gate_review/', { params: { query }, signal }))
  })

const useEndedTests = () =>
  useList('ended', (signal) => {
    const query = { ...few, status: 'COMPLETED' as const }
    return unwrap(api.GET('/api/v1/ab_test/', { params: { query }, signal }))
  })

/** Whose runs they are. */
const useSchedules = (enabled: MaybeRefOrGetter<boolean>) =>
  useList(
    'schedules',
    (signal) => {
      const query = { page_size: MAX_PAGE_SIZE }
      return unwrap(api.GET('/api/v1/retraining_schedule/', { params: { query }, signal }))
    },
    enabled,
  )

/** What is known of each of these, as far as it has come. */
function useEach<R>(
  ids: MaybeRefOrGetter<number[]>,
  one: (id: number) => {
    queryKey: QueryKey
    queryFn: (context: { signal: AbortSignal }) => Promise<R>
    refetchInterval?: number
  },
): ComputedRef<Map<number, R>> {
  const found = useQueries({ queries: computed(() => toValue(ids).map(one)) })
  return computed(() => {
    const known = found.value.map(({ data }) => data as R | undefined)
    return new Map(
      toValue(ids).flatMap((id, place) => {
        const data = known[place]
        return data === undefined ? [] : [[id, data] as const]
      }),
    )
  })
}

export const useSummaries = (
  projects: MaybeRefOrGetter<number[]>,
): ComputedRef<Map<number, ProjectSummary>> =>
  useEach(projects, (id) => ({
    queryKey: [...projectKeys.one(id), 'summary'],
    queryFn: ({ signal }) =>
      unwrap(api.GET('/api/v1/project_summary/{id}/', { params: { path: { id } }, signal })),
  }))

/** By slot and day. */
export const useTraffic = (
  projects: MaybeRefOrGetter<number[]>,
): ComputedRef<Map<number, TrafficDay[]>> =>
  useEach(projects, (id) => ({
    queryKey: [...projectKeys.one(id), 'traffic'],
    queryFn: async ({ signal }) => {
      const params = { path: { id } }
      return (await unwrap(api.GET('/api/v1/project/{id}/traffic/', { params, signal }))).days
    },
    refetchInterval: POLL_MS,
  }))

/** What the first few running tests say. */
function useRunningResults() {
  const running = useRunningTests(undefined)
  const tests = computed(() => (running.data.value?.results ?? []).slice(0, FEW))
  const results = useEach(
    () => tests.value.map(({ id }) => id),
    (id) => ({
      queryKey: testKeys.results(id),
      queryFn: ({ signal }) =>
        unwrap(api.GET('/api/v1/ab_test/{id}/results/', { params: { path: { id } }, signal })),
      refetchInterval: POLL_MS,
    }),
  )
  return { tests, results }
}

/** What there is to look at, as far as it has come; null until the lists are there. */
export function useSources(
  summaries: MaybeRefOrGetter<Map<number, ProjectSummary>>,
): ComputedRef<Sources | null> {
  const [jobs, models, runs] = [useFailedJobs(), useFailedModels(), useFailedRuns()]
  const [reviews, ended] = [useReviews(), useEndedTests()]
  const schedules = useSchedules(() => Boolean(runs.data.value?.length))
  const { tests, results } = useRunningResults()
  return computed(() => {
    if ([jobs, models, runs, reviews, ended].some(({ isPending }) => isPending.value)) return null
    return {
      failedJobs: jobs.data.value ?? [],
      failedModels: models.data.value ?? [],
      failedRuns: runs.data.value ?? [],
      schedules: schedules.data.value ?? [],
      reviews: reviews.data.value ?? [],
      endedTests: ended.data.value ?? [],
      runningTests: tests.value,
      results: results.value,
      summaries: toValue(summaries),
    }
  })
}
