import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { api, unwrap } from '@/api/client'
import { MAX_PAGE_SIZE, PAGE_SIZE } from '@/api/pages'
import type { NewWebhook, WebhookChanges } from './types'

type Id = MaybeRefOrGetter<number>
const POLL_MS = 2_000
const REST_MS = 20_000

const webhookKeys = {
  all: ['webhooks'] as const,
  list: (project: number) => [...webhookKeys.all, project] as const,
  deliveries: (webhook: number, page: number) =>
    [...webhookKeys.all, 'deliveries', webhook, page] as const,
}

/** Who is told of runs; for editors. There are few of them. */
export const useWebhooks = (project: Id) =>
  useQuery({
    queryKey: computed(() => webhookKeys.list(toValue(project))),
    queryFn: ({ signal }) => {
      const query = { project: toValue(project), page_size: MAX_PAGE_SIZE }
      return unwrap(api.GET('/api/v1/webhook/', { params: { query }, signal }))
    },
    refetchInterval: REST_MS,
  })

/** What a webhook was told, the newest first. */
export const useDeliveries = (webhook: Id, page: Id) =>
  useQuery({
    queryKey: computed(() => webhookKeys.deliveries(toValue(webhook), toValue(page))),
    queryFn: ({ signal }) => {
      const query = { webhook: toValue(webhook), page: toValue(page), page_size: PAGE_SIZE }
      return unwrap(api.GET('/api/v1/webhook_delivery/', { params: { query }, signal }))
    },
    refetchInterval: ({ state }) =>
      state.data?.results.some(({ status }) => status === 'PENDING') ? POLL_MS : REST_MS,
  })

function useWebhookChange<V, R>(mutationFn: (variables: V) => Promise<R>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn,
    onSuccess: () => client.invalidateQueries({ queryKey: webhookKeys.all }),
  })
}

export const useCreateWebhook = () =>
  useWebhookChange((body: NewWebhook) => unwrap(api.POST('/api/v1/webhook/', { body })))

export const useUpdateWebhook = () =>
  useWebhookChange(({ id, changes }: { id: number; changes: WebhookChanges }) =>
    unwrap(api.PATCH('/api/v1/webhook/{id}/', { params: { path: { id } }, body: changes })),
  )

export const useDeleteWebhook = () =>
  useWebhookChange((id: number) =>
    unwrap(api.DELETE('/api/v1/webhook/{id}/', { params: { path: { id } } })),
  )

/** Another secret; the one before signs for a day more. */
export const useRotateSecret = () =>
  useWebhookChange((id: number) =>
    unwrap(api.POST('/api/v1/webhook/{id}/rotate_secret/', { params: { path: { id } } })),
  )

/** Tells it something for a trial. */
export const usePing = () =>
  useWebhookChange((id: number) =>
    unwrap(api.POST('/api/v1/webhook/{id}/ping/', { params: { path: { id } } })),
  )
