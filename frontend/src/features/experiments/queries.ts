import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { api, unwrap } from '@/api/client'
import { MAX_PAGE_SIZE, PAGE_SIZE } from '@/api/pages'
import { slotKeys } from '@/features/deployments/queries'
import type { NewTest, PlanWish } from './types'

type Id = MaybeRefOrGetter<number>
const POLL_MS = 15_000

export const testKeys = {
  all: ['experiments'] as const,
  list: (project: number, page: number) => [...testKeys.all, 'list', project, page] as const,
  running: (project: number | undefined) => [...testKeys.all, 'running', project] as const,
  one: (id: number) => [...testKeys.all, 'one', id] as const,
  results: (id: number) => [...testKeys.all, 'results', id] as const,
  plan: (project: number, wish: PlanWish | null) =>
    [...testKeys.all, 'plan', project, wish] as const,
}

/** Tests of a project, the newest first. */
export const useTests = (project: Id, page: Id) =>
  useQuery({
    queryKey: computed(() => testKeys.list(toValue(project), toValue(page))),
    queryFn: ({ signal }) => {
      const query = { project: toValue(project), page: toValue(page), page_size: PAGE_SIZE }
      return unwrap(api.GET('/api/v1/ab_test/', { params: { query }, signal }))
    },
  })

/** Tests that count at the moment, of one project or of all. */
export const useRunningTests = (project: MaybeRefOrGetter<number | undefined>) =>
  useQuery({
    queryKey: computed(() => testKeys.running(toValue(project))),
    queryFn: ({ signal }) => {
      const query = {
        project: toValue(project),
        status: 'RUNNING' as const,
        page_size: MAX_PAGE_SIZE,
      }
      return unwrap(api.GET('/api/v1/ab_test/', { params: { query }, signal }))
    },
  })

export const useTest = (id: Id) =>
  useQuery({
    queryKey: computed(() => testKeys.one(toValue(id))),
    queryFn: ({ signal }) => {
      const path = { id: toValue(id) }
      return unwrap(api.GET('/api/v1/ab_test/{id}/', { params: { path }, signal }))
    },
    refetchInterval: ({ state }) => (state.data?.status === 'RUNNING' ? POLL_MS : false),
  })

export const useResults = (id: Id, running: MaybeRefOrGetter<boolean>) =>
  useQuery({
    queryKey: computed(() => testKeys.results(toValue(id))),
    queryFn: ({ signal }) => {
      const path = { id: toValue(id) }
      return unwrap(api.GET('/api/v1/ab_test/{id}/results/', { params: { path }, signal }))
    },
    refetchInterval: () => (toValue(running) ? POLL_MS : false),
  })

/** What a test would take; null as long as the wish is not complete. */
export const usePlan = (project: Id, wish: MaybeRefOrGetter<PlanWish | null>) =>
  useQuery({
    queryKey: computed(() => testKeys.plan(toValue(project), toValue(wish))),
    queryFn: ({ signal }) => {
      const params = { path: { id: toValue(project) }, query: toValue(wish) as PlanWish }
      return unwrap(api.GET('/api/v1/project/{id}/ab_test_plan/', { params, signal }))
    },
    enabled: computed(() => toValue(wish) !== null),
    placeholderData: keepPreviousData,
  })

/** A call after which tests, the project's numbers and its slots are read again. */
function useTestChange<V, R>(mutationFn: (variables: V) => Promise<R>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn,
    onSettled: () =>
      Promise.all(
        [testKeys.all, slotKeys.all, ['projects']].map((queryKey) =>
          client.invalidateQueries({ queryKey }),
        ),
      ),
  })
}

export const useCreateTest = () =>
  useTestChange((body: NewTest) => unwrap(api.POST('/api/v1/ab_test/', { body })))

export const useRenameTest = () =>
  useTestChange(({ id, name }: { id: number; name: string }) =>
    unwrap(api.PATCH('/api/v1/ab_test/{id}/', { params: { path: { id } }, body: { name } })),
  )

export const useStartTest = () =>
  useTestChange((id: number) =>
    unwrap(api.POST('/api/v1/ab_test/{id}/start/', { params: { path: { id } } })),
  )

export const useStopTest = () =>
  useTestChange((id: number) =>
    unwrap(api.POST('/api/v1/ab_test/{id}/stop/', { params: { path: { id } } })),
  )

export const useCancelTest = () =>
  useTestChange((id: number) =>
    unwrap(api.POST('/api/v1/ab_test/{id}/cancel/', { params: { path: { id } } })),
  )

export const usePromote = () =>
  useTestChange(({ id, slot }: { id: number; slot: number }) => {
    const params = { path: { id } }
    const body = { slot_id: slot }
    return unwrap(api.POST('/api/v1/ab_test/{id}/promote_winner/', { params, body }))
  })

export function useDeleteTest() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: number) =>
      unwrap(api.DELETE('/api/v1/ab_test/{id}/', { params: { path: { id } } })),
    onSuccess: (_, id) => {
      client.removeQueries({ queryKey: testKeys.one(id) })
      client.removeQueries({ queryKey: testKeys.results(id) })
      return client.invalidateQueries({ queryKey: [...testKeys.all, 'list'] })
    },
  })
}
