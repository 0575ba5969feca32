import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { api, unwrap } from '@/api/client'
import { PAGE_SIZE } from '@/api/pages'
import type { ApiKeyChanges, NewApiKey } from './types'

export const apiKeyKeys = {
  all: ['api-keys'] as const,
  list: (project: number, page: number) => [...apiKeyKeys.all, project, page] as const,
}

export const useApiKeys = (project: MaybeRefOrGetter<number>, page: MaybeRefOrGetter<number>) =>
  useQuery({
    queryKey: computed(() => apiKeyKeys.list(toValue(project), toValue(page))),
    queryFn: ({ signal }) => {
      const query = { project: toValue(project), page: toValue(page), page_size: PAGE_SIZE }
      return unwrap(api.GET('/api/v1/api_keys/', { params: { query }, signal }))
    },
  })

export function useCreateApiKey() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: NewApiKey) => unwrap(api.POST('/api/v1/api_keys/', { body })),
    onSuccess: () => client.invalidateQueries({ queryKey: apiKeyKeys.all }),
  })
}

export function useUpdateApiKey() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ id, changes }: { id: number; changes: ApiKeyChanges }) =>
      unwrap(api.PATCH('/api/v1/api_keys/{id}/', { params: { path: { id } }, body: changes })),
    onSuccess: () => client.invalidateQueries({ queryKey: apiKeyKeys.all }),
  })
}

export function useRevokeApiKey() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: number) =>
      unwrap(api.POST('/api/v1/api_keys/{id}/revoke/', { params: { path: { id } } })),
    onSettled: () => client.invalidateQueries({ queryKey: apiKeyKeys.all }),
  })
}
