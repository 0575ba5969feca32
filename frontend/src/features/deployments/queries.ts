import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { api, unwrap } from '@/api/client'
import { MAX_PAGE_SIZE, PAGE_SIZE } from '@/api/pages'
import type { Limits, NewReview, NewSlot, Review, SlotChange } from './types'

export const slotKeys = {
  all: ['slots'] as const,
  list: (project: number) => [...slotKeys.all, project] as const,
  log: (project: number, page: number) => [...slotKeys.all, 'log', project, page] as const,
  reviews: (project: number, page: number) => [...slotKeys.all, 'reviews', project, page] as const,
  review: (id: number) => [...slotKeys.all, 'review', id] as const,
  limits: (project: number) => [...slotKeys.all, 'limits', project] as const,
}
const POLL_MS = 2_000

/** Whether the comparison has not ended. */
export const isOpen = (review: Pick<Review, 'status'>): boolean =>
  review.status === 'PENDING' || review.status === 'RUNNING'

type Id = MaybeRefOrGetter<number>

export const useSlots = (project: Id) =>
  useQuery({
    queryKey: computed(() => slotKeys.list(toValue(project))),
    queryFn: ({ signal }) => {
      const query = { project: toValue(project), page_size: MAX_PAGE_SIZE }
      return unwrap(api.GET('/api/v1/deployment_slot/', { params: { query }, signal }))
    },
  })

function useSlotMutation<V, R>(mutationFn: (variables: V) => Promise<R>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn,
    onSuccess: () => client.invalidateQueries({ queryKey: slotKeys.all }),
  })
}

export const useCreateSlot = () =>
  useSlotMutation((body: NewSlot) => unwrap(api.POST('/api/v1/deployment_slot/', { body })))

export const useChangeSlot = () =>
  useSlotMutation(({ id, change }: { id: number; change: SlotChange }) =>
    unwrap(api.PATCH('/api/v1/deployment_slot/{id}/', { params: { path: { id } }, body: change })),
  )

export const useDeleteSlot = () =>
  useSlotMutation((id: number) =>
    unwrap(api.DELETE('/api/v1/deployment_slot/{id}/', { params: { path: { id } } })),
  )

/** What slots came to serve, the newest first. */
export const useDeployments = (project: Id, page: Id) =>
  useQuery({
    queryKey: computed(() => slotKeys.log(toValue(project), toValue(page))),
    queryFn: ({ signal }) => {
      const query = { project: toValue(project), page: toValue(page), page_size: PAGE_SIZE }
      return unwrap(api.GET('/api/v1/deployment/', { params: { query }, signal }))
    },
  })

export const useRollBack = () =>
  useSlotMutation((id: number) =>
    unwrap(api.POST('/api/v1/deployment/{id}/rollback/', { params: { path: { id } } })),
  )

/** Comparisons of candidates with what is served, the newest first. */
export const useReviews = (project: Id, page: Id) =>
  useQuery({
    queryKey: computed(() => slotKeys.reviews(toValue(project), toValue(page))),
    queryFn: ({ signal }) => {
      const query = { project: toValue(project), page: toValue(page), page_size: PAGE_SIZE }
      return unwrap(api.GET('/api/v1/gate_review/', { params: { query }, signal }))
    },
    refetchInterval: ({ state }) => (state.data?.results.some(isOpen) ? POLL_MS : false),
  })

export const useReview = (id: Id) =>
  useQuery({
    queryKey: computed(() => slotKeys.review(toValue(id))),
    queryFn: ({ signal }) => {
      const path = { id: toValue(id) }
      return unwrap(api.GET('/api/v1/gate_review/{id}/', { params: { path }, signal }))
    },
    refetchInterval: ({ state }) => (state.data && isOpen(state.data) ? POLL_MS : false),
  })

export const useStartReview = () =>
  useSlotMutation((body: NewReview) => unwrap(api.POST('/api/v1/gate_review/', { body })))

export const useCancelReview = () =>
  useSlotMutation((id: number) =>
    unwrap(api.POST('/api/v1/gate_review/{id}/cancel/', { params: { path: { id } } })),
  )

export const useOverrideReview = () =>
  useSlotMutation(({ id, reason }: { id: number; reason: string }) => {
    const params = { path: { id } }
    return unwrap(api.POST('/api/v1/gate_review/{id}/override/', { params, body: { reason } }))
  })

/** Lets the slot serve the candidate. */
export const useDeployReviewed = () =>
  useSlotMutation((id: number) =>
    unwrap(api.POST('/api/v1/gate_review/{id}/deploy/', { params: { path: { id } } })),
  )

/** What the project asks of a candidate. */
export const useLimits = (project: Id) =>
  useQuery({
    queryKey: computed(() => slotKeys.limits(toValue(project))),
    queryFn: ({ signal }) => {
      const path = { id: toValue(project) }
      return unwrap(api.GET('/api/v1/project/{id}/deployment_gate/', { params: { path }, signal }))
    },
  })

export const useSetLimits = () =>
  useSlotMutation(({ project, limits }: { project: number; limits: Partial<Limits> }) => {
    const params = { path: { id: project } }
    return unwrap(api.PATCH('/api/v1/project/{id}/deployment_gate/', { params, body: limits }))
  })
