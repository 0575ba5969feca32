import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { api, unwrap } from '@/api/client'
import { PAGE_SIZE } from '@/api/pages'
import { datasetKeys } from '@/features/datasets/queries'
import type { EventFilter, NewExport } from './types'

const LIVE_MS = 5_000

/** Events of a project, the newest first; read anew every few seconds while live. */
export const useEvents = (filter: MaybeRefOrGetter<EventFilter>, live: MaybeRefOrGetter<boolean>) =>
  useQuery({
    queryKey: computed(() => ['events', toValue(filter)] as const),
    queryFn: ({ signal }) => {
      const query = { ...toValue(filter), page_size: PAGE_SIZE }
      return unwrap(api.GET('/api/v1/conversion_event/', { params: { query }, signal }))
    },
    refetchInterval: () => (toValue(live) ? LIVE_MS : false),
    placeholderData: keepPreviousData,
  })

export function useMakeTrainingData() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ project, body }: { project: number; body: NewExport }) => {
      const params = { path: { id: project } }
      return unwrap(api.POST('/api/v1/project/{id}/events_to_training_data/', { params, body }))
    },
    onSuccess: () => client.invalidateQueries({ queryKey: datasetKeys.all }),
  })
}
