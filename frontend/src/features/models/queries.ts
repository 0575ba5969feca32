import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { api, unwrap } from '@/api/client'
import { PAGE_SIZE } from '@/api/pages'
import { sampleFromMetadata, sampleFromRaw } from './samples'
import type { Sample } from './types'

type Id = MaybeRefOrGetter<number>
const POLL_MS = 2_000

export const modelKeys = {
  all: ['models'] as const,
  list: (project: number, page: number) => [...modelKeys.all, 'list', project, page] as const,
  one: (id: number) => [...modelKeys.all, 'one', id] as const,
  configuration: (id: number) => [...modelKeys.all, 'configuration', id] as const,
  sample: (wish: SampleWish) => [...modelKeys.all, 'sample', wish] as const,
}

const live = (row: { status: string }): boolean =>
  row.status === 'PENDING' || row.status === 'RUNNING'

export const useModels = (project: Id, page: Id) =>
  useQuery({
    queryKey: computed(() => modelKeys.list(toValue(project), toValue(page))),
    queryFn: ({ signal }) => {
      const query = {
        data_loc__project: toValue(project),
        page: toValue(page),
        page_size: PAGE_SIZE,
      }
      return unwrap(api.GET('/api/v1/trained_model/', { params: { query }, signal }))
    },
    refetchInterval: ({ state }) => (state.data?.results.some(live) ? POLL_MS : false),
  })

export const useModel = (id: Id) =>
  useQuery({
    queryKey: computed(() => modelKeys.one(toValue(id))),
    queryFn: ({ signal }) => {
      const path = { id: toValue(id) }
      return unwrap(api.GET('/api/v1/trained_model/{id}/', { params: { path }, signal }))
    },
    refetchInterval: ({ state }) => (state.data && live(state.data) ? POLL_MS : false),
  })

export const useConfiguration = (id: MaybeRefOrGetter<number | undefined | null>) =>
  useQuery({
    queryKey: computed(() => modelKeys.configuration(toValue(id) ?? 0)),
    queryFn: ({ signal }) => {
      const path = { id: toValue(id) ?? 0 }
      return unwrap(api.GET('/api/v1/model_configuration/{id}/', { params: { path }, signal }))
    },
    enabled: () => toValue(id) != null,
  })

/** What to preview: `userId` empty means any user; `turn` asks for another one. */
export interface SampleWish {
  model: number
  metadata: number | null
  itemColumn: string
  userId: string
  cutoff: number
  turn: number
}

async function fetchSample(wish: SampleWish, signal: AbortSignal): Promise<Sample> {
  const query = { cutoff: wish.cutoff, ...(wish.userId ? { user_id: wish.userId } : {}) }
  if (wish.metadata === null) {
    const params = { path: { id: wish.model }, query }
    return sampleFromRaw(
      await unwrap(
        api.GET('/api/v1/trained_model/{id}/sample_recommendation_raw/', { params, signal }),
      ),
    )
  }
  const params = { path: { id: wish.model, metadata_id: wish.metadata }, query }
  const route = '/api/v1/trained_model/{id}/sample_recommendation_metadata/{metadata_id}/'
  return sampleFromMetadata(await unwrap(api.GET(route, { params, signal })), wish.itemColumn)
}

export const useSample = (wish: MaybeRefOrGetter<SampleWish>, enabled: MaybeRefOrGetter<boolean>) =>
  useQuery({
    queryKey: computed(() => modelKeys.sample(toValue(wish))),
    queryFn: ({ signal }) => fetchSample(toValue(wish), signal),
    enabled,
    staleTime: Infinity,
    placeholderData: keepPreviousData,
    retry: false,
  })

export function useDeleteModel() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (id: number) =>
      unwrap(api.DELETE('/api/v1/trained_model/{id}/', { params: { path: { id } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: modelKeys.all }),
  })
}

/** The id of some user whom the model knows, to fill in an example. */
export const useAnyUser = (model: MaybeRefOrGetter<number | undefined>) =>
  useQuery({
    queryKey: computed(() => [...modelKeys.all, 'any-user', toValue(model)] as const),
    queryFn: async ({ signal }) => {
      const params = { path: { id: toValue(model) ?? 0 }, query: { cutoff: 1 } }
      const route = '/api/v1/trained_model/{id}/sample_recommendation_raw/'
      return (await unwrap(api.GET(route, { params, signal }))).user_id
    },
    enabled: () => toValue(model) !== undefined,
    staleTime: Infinity,
    retry: false,
  })
