import { useQuery } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { api, unwrap } from '@/api/client'
import type { components } from '@/api/schema'

export type Impact = components['schemas']['Impact']
export type DeletableKind =
  | 'project'
  | 'training_data'
  | 'item_meta_data'
  | 'model_configuration'
  | 'trained_model'
  | 'retraining_schedule'
  | 'ab_test'

/** What deleting a row would take along and what stands against it, asked anew each time. */
export const useImpact = (kind: DeletableKind, id: MaybeRefOrGetter<number>) =>
  useQuery({
    queryKey: computed(() => ['impact', kind, toValue(id)] as const),
    queryFn: ({ signal }) => {
      const params = { path: { id: toValue(id) } }
      return unwrap(api.GET(`/api/v1/${kind}/{id}/impact/`, { params, signal }))
    },
    gcTime: 0,
    refetchOnMount: 'always',
  })
