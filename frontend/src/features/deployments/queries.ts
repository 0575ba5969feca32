import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { api, unwrap } from '@/api/client'
import { MAX_PAGE_SIZE } from '@/api/pages'
import type { NewSlot, SlotChange } from './types'

export const slotKeys = {
  all: ['slots'] as const,
  list: (project: number) => [...slotKeys.all, project] as const,
}

export const useSlots = (project: MaybeRefOrGetter<number>) =>
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
