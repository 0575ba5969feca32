import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { api, unwrap } from '@/api/client'
import { PAGE_SIZE } from '@/api/pages'
import type { NewSchedule, RunStatus, Schedule, ScheduleChanges } from './types'

type Id = MaybeRefOrGetter<number>
const POLL_MS = 3_000
/** The clock may fire at any time. */
const REST_MS = 20_000

export const retrainingKeys = {
  all: ['retraining'] as const,
  schedule: (project: number) => [...retrainingKeys.all, 'schedule', project] as const,
  runs: (schedule: number, page: number, status?: RunStatus) =>
    [...retrainingKeys.all, 'runs', schedule, page, status] as const,
}

export const isOpen = (status: string | null | undefined): boolean =>
  status === 'PENDING' || status === 'RUNNING'

/** The schedule of a project; null when it has none. */
export const useSchedule = (project: Id) =>
  useQuery({
    queryKey: computed(() => retrainingKeys.schedule(toValue(project))),
    queryFn: async ({ signal }): Promise<Schedule | null> => {
      const query = { project: toValue(project) }
      const call = api.GET('/api/v1/retraining_schedule/', { params: { query }, signal })
      return (await unwrap(call)).results[0] ?? null
    },
    refetchInterval: ({ state }) => (isOpen(state.data?.last_run_status) ? POLL_MS : REST_MS),
  })

/** What became of each firing, the newest first. */
export const useRuns = (
  schedule: Id,
  page: Id,
  status: MaybeRefOrGetter<RunStatus | undefined> = undefined,
) =>
  useQuery({
    queryKey: computed(() =>
      retrainingKeys.runs(toValue(schedule), toValue(page), toValue(status)),
    ),
    queryFn: ({ signal }) => {
      const query = {
        schedule: toValue(schedule),
        status: toValue(status),
        page: toValue(page),
        page_size: PAGE_SIZE,
      }
      return unwrap(api.GET('/api/v1/retraining_run/', { params: { query }, signal }))
    },
    refetchInterval: ({ state }) =>
      state.data?.results.some((run) => isOpen(run.status)) ? POLL_MS : REST_MS,
  })

/** A call after which schedule and runs are read again. */
function useRetrainingChange<V, R>(mutationFn: (variables: V) => Promise<R>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn,
    onSettled: () => client.invalidateQueries({ queryKey: retrainingKeys.all }),
  })
}

export const useCreateSchedule = () =>
  useRetrainingChange((body: NewSchedule) =>
    unwrap(api.POST('/api/v1/retraining_schedule/', { body })),
  )

export const useUpdateSchedule = () =>
  useRetrainingChange(({ id, changes }: { id: number; changes: ScheduleChanges }) => {
    const params = { path: { id } }
    return unwrap(api.PATCH('/api/v1/retraining_schedule/{id}/', { params, body: changes }))
  })

export const useDeleteSchedule = () =>
  useRetrainingChange((id: number) =>
    unwrap(api.DELETE('/api/v1/retraining_schedule/{id}/', { params: { path: { id } } })),
  )

/** Runs it now, switched on or not. */
export const useTrigger = () =>
  useRetrainingChange((id: number) =>
    unwrap(api.POST('/api/v1/retraining_schedule/{id}/trigger/', { params: { path: { id } } })),
  )
