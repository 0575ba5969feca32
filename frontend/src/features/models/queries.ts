import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { api, unwrap } from '@/api/client'
import { MAX_PAGE_SIZE, onePage, PAGE_SIZE } from '@/api/pages'
import { linesAfter } from '@/api/taskLog'
import { sampleFromMetadata, sampleFromRaw } from './samples'
import type { NewConfiguration, NewModel, Sample } from './types'

type Id = MaybeRefOrGetter<number>
const POLL_MS = 2_000
const OPEN_POLL_MS = 5_000
const REST_MS = 20_000

export const modelKeys = {
  all: ['models'] as const,
  list: (project: number, page: number) => [...modelKeys.all, 'list', project, page] as const,
  open: ['models', 'open'] as const,
  one: (id: number) => [...modelKeys.all, 'one', id] as const,
  of: (configuration: number, page: number) =>
    [...modelKeys.all, 'of', configuration, page] as const,
  log: (id: number) => [...modelKeys.all, 'log', id] as const,
  configurations: (project: number, page: number, size: number) =>
    [...modelKeys.all, 'configurations', project, page, size] as const,
  configuration: (id: number) => [...modelKeys.all, 'configuration', id] as const,
  sample: (wish: SampleWish) => [...modelKeys.all, 'sample', wish] as const,
}

export const isTraining = (row: { status: string }): boolean =>
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
    refetchInterval: ({ state }) => (state.data?.results.some(isTraining) ? POLL_MS : false),
  })

/** Everybody's models in training, as far as this person may see them. */
export const useOpenModels = () =>
  useQuery({
    queryKey: modelKeys.open,
    queryFn: async ({ signal }) => {
      const pages = await Promise.all(
        (['RUNNING', 'PENDING'] as const).map((status) => {
          const query = { status, page_size: PAGE_SIZE }
          return unwrap(api.GET('/api/v1/trained_model/', { params: { query }, signal }))
        }),
      )
      return onePage(pages)
    },
    refetchInterval: ({ state }) => (state.data?.count ? OPEN_POLL_MS : REST_MS),
  })

export const useModel = (id: Id) =>
  useQuery({
    queryKey: computed(() => modelKeys.one(toValue(id))),
    queryFn: ({ signal }) => {
      const path = { id: toValue(id) }
      return unwrap(api.GET('/api/v1/trained_model/{id}/', { params: { path }, signal }))
    },
    refetchInterval: ({ state }) => (state.data && isTraining(state.data) ? POLL_MS : false),
  })

/** The models that were trained with one configuration. */
export const useModelsOf = (configuration: Id, page: Id) =>
  useQuery({
    queryKey: computed(() => modelKeys.of(toValue(configuration), toValue(page))),
    queryFn: ({ signal }) => {
      const query = {
        configuration: toValue(configuration),
        page: toValue(page),
        page_size: PAGE_SIZE,
      }
      return unwrap(api.GET('/api/v1/trained_model/', { params: { query }, signal }))
    },
    refetchInterval: ({ state }) => (state.data?.results.some(isTraining) ? POLL_MS : false),
  })

/** The newest lines that the training of a model wrote, oldest first. */
export const useModelLog = (id: Id, running: MaybeRefOrGetter<boolean>) =>
  useQuery({
    queryKey: computed(() => [...modelKeys.log(toValue(id)), toValue(running)] as const),
    queryFn: ({ signal }) => linesAfter({ model_id: String(toValue(id)) }, 0, signal),
    refetchInterval: () => (toValue(running) ? POLL_MS : false),
    placeholderData: keepPreviousData,
  })

function configurationsPage(project: number, page: number, size: number, signal: AbortSignal) {
  const query = { project, page, page_size: size }
  return unwrap(api.GET('/api/v1/model_configuration/', { params: { query }, signal }))
}

export const useConfigurations = (project: Id, page: Id) =>
  useQuery({
    queryKey: computed(() => modelKeys.configurations(toValue(project), toValue(page), PAGE_SIZE)),
    queryFn: ({ signal }) => configurationsPage(toValue(project), toValue(page), PAGE_SIZE, signal),
  })

/** The newest configurations, as many as one answer holds, to choose from. */
export const useConfigurationChoice = (project: Id) =>
  useQuery({
    queryKey: computed(() => modelKeys.configurations(toValue(project), 1, MAX_PAGE_SIZE)),
    queryFn: ({ signal }) => configurationsPage(toValue(project), 1, MAX_PAGE_SIZE, signal),
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

/** A call that changes models or configurations, after which all of them are read again. */
function useModelChange<V, R>(mutationFn: (variables: V) => Promise<R>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn,
    onSuccess: () => client.invalidateQueries({ queryKey: modelKeys.all }),
  })
}

export const useCreateConfiguration = () =>
  useModelChange((body: NewConfiguration) =>
    unwrap(api.POST('/api/v1/model_configuration/', { body })),
  )

export const useRenameConfiguration = () =>
  useModelChange(({ id, name }: { id: number; name: string }) =>
    unwrap(
      api.PATCH('/api/v1/model_configuration/{id}/', { params: { path: { id } }, body: { name } }),
    ),
  )

export const useDeleteConfiguration = () =>
  useModelChange((id: number) =>
    unwrap(api.DELETE('/api/v1/model_configuration/{id}/', { params: { path: { id } } })),
  )

export const useTrain = () =>
  useModelChange((body: NewModel) => unwrap(api.POST('/api/v1/trained_model/', { body })))

export const useCancelTraining = () =>
  useModelChange((id: number) =>
    unwrap(api.POST('/api/v1/trained_model/{id}/cancel/', { params: { path: { id } } })),
  )

/** Trains a model after all whose training failed or was cancelled. */
export const useRetryTraining = () =>
  useModelChange((id: number) =>
    unwrap(api.POST('/api/v1/trained_model/{id}/retry/', { params: { path: { id } } })),
  )

/** Gives up the model file; the entry stays. */
export const useUnlinkModel = () =>
  useModelChange((id: number) =>
    unwrap(api.DELETE('/api/v1/trained_model/{id}/unlink_file/', { params: { path: { id } } })),
  )

export const useDeleteModel = () =>
  useModelChange((id: number) =>
    unwrap(api.DELETE('/api/v1/trained_model/{id}/', { params: { path: { id } } })),
  )

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
