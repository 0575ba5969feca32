import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { api, unwrap } from '@/api/client'
import { MAX_PAGE_SIZE, PAGE_SIZE } from '@/api/pages'
import { upload, type UploadOptions } from '@/api/upload'
import type { DataProfile } from './profile'
import type { ItemMetaData, TrainingData, UploadKind } from './types'
import { usesByVersion } from './uses'

type Id = MaybeRefOrGetter<number>
const POLL_MS = 1_500

export const datasetKeys = {
  all: ['datasets'] as const,
  project: (project: number) => [...datasetKeys.all, project] as const,
  list: (kind: UploadKind, project: number, page: number) =>
    [...datasetKeys.project(project), kind, page] as const,
  one: (kind: UploadKind, id: number) => [...datasetKeys.all, 'one', kind, id] as const,
  preview: (kind: UploadKind, id: number) => [...datasetKeys.all, 'preview', kind, id] as const,
  profile: (id: number) => [...datasetKeys.all, 'profile', id] as const,
  versions: (id: number, page: number) => [...datasetKeys.all, 'versions', id, page] as const,
  uses: (id: number) => [...datasetKeys.all, 'uses', id] as const,
  members: (project: number) => ['members', project] as const,
}

const pollWhilePending = (rows: { status: string }[] | undefined): number | false =>
  rows?.some((row) => row.status === 'PENDING') ? POLL_MS : false

export const useTrainingData = (project: Id, page: Id) =>
  useQuery({
    queryKey: computed(() => datasetKeys.list('training_data', toValue(project), toValue(page))),
    queryFn: ({ signal }) => {
      const query = { project: toValue(project), page: toValue(page), page_size: PAGE_SIZE }
      return unwrap(api.GET('/api/v1/training_data/', { params: { query }, signal }))
    },
    refetchInterval: ({ state }) => pollWhilePending(state.data?.results),
  })

export const useItemMetaData = (project: Id) =>
  useQuery({
    queryKey: computed(() => datasetKeys.list('item_meta_data', toValue(project), 1)),
    queryFn: ({ signal }) => {
      const query = { project: toValue(project), page: 1, page_size: PAGE_SIZE }
      return unwrap(api.GET('/api/v1/item_meta_data/', { params: { query }, signal }))
    },
    refetchInterval: ({ state }) => pollWhilePending(state.data?.results),
  })

/** The newest table of items that can be read: previews take their titles from it. */
export function useShownItemTable(project: Id) {
  const tables = useItemMetaData(project)
  const table = computed(() =>
    tables.data.value?.results.find((row) => row.status === 'READY' && row.file),
  )
  return { table, isFetched: tables.isFetched }
}

export const useTrainingDatum = (id: MaybeRefOrGetter<number | null>) =>
  useQuery({
    queryKey: computed(() => datasetKeys.one('training_data', toValue(id) ?? 0)),
    queryFn: ({ signal }) => {
      const path = { id: toValue(id) ?? 0 }
      return unwrap(api.GET('/api/v1/training_data/{id}/', { params: { path }, signal }))
    },
    enabled: () => toValue(id) !== null,
    refetchInterval: ({ state }) => pollWhilePending(state.data && [state.data]),
  })

export const useItemTable = (id: Id) =>
  useQuery({
    queryKey: computed(() => datasetKeys.one('item_meta_data', toValue(id))),
    queryFn: ({ signal }) => {
      const path = { id: toValue(id) }
      return unwrap(api.GET('/api/v1/item_meta_data/{id}/', { params: { path }, signal }))
    },
    refetchInterval: ({ state }) => pollWhilePending(state.data && [state.data]),
  })

/** What the data was after each upload, the newest first. */
export const useVersions = (id: Id, page: Id) =>
  useQuery({
    queryKey: computed(() => datasetKeys.versions(toValue(id), toValue(page))),
    queryFn: ({ signal }) => {
      const query = { page: toValue(page), page_size: PAGE_SIZE }
      const params = { path: { id: toValue(id) }, query }
      return unwrap(api.GET('/api/v1/training_data/{id}/versions/', { params, signal }))
    },
  })

/** The newest models and tuning jobs that read the data, by the version that they read. */
export const useUses = (id: Id) =>
  useQuery({
    queryKey: computed(() => datasetKeys.uses(toValue(id))),
    queryFn: async ({ signal }) => {
      const size = { page_size: MAX_PAGE_SIZE }
      const ofModels = { params: { query: { data_loc: toValue(id), ...size } }, signal }
      const ofJobs = { params: { query: { data: toValue(id), ...size } }, signal }
      const [models, jobs] = await Promise.all([
        unwrap(api.GET('/api/v1/trained_model/', ofModels)),
        unwrap(api.GET('/api/v1/parameter_tuning_job/', ofJobs)),
      ])
      return usesByVersion(models.results, jobs.results)
    },
  })

/** Names of the people in a project by their account's id. */
export const useMemberNames = (project: Id) =>
  useQuery({
    queryKey: computed(() => datasetKeys.members(toValue(project))),
    queryFn: async ({ signal }) => {
      const path = { project_id: toValue(project) }
      const params = { path, query: { page_size: MAX_PAGE_SIZE } }
      const call = api.GET('/api/v1/project/{project_id}/members/', { params, signal })
      return new Map((await unwrap(call)).results.map(({ user, username }) => [user, username]))
    },
  })

export const usePreview = (kind: UploadKind, id: Id, enabled: MaybeRefOrGetter<boolean>) =>
  useQuery({
    queryKey: computed(() => datasetKeys.preview(kind, toValue(id))),
    queryFn: ({ signal }) => {
      const params = { path: { id: toValue(id) }, query: { n_rows: 50 } }
      return unwrap(api.GET(`/api/v1/${kind}/{id}/preview/`, { params, signal }))
    },
    enabled,
    staleTime: Infinity,
  })

export const useProfile = (id: Id, enabled: MaybeRefOrGetter<boolean>) =>
  useQuery({
    queryKey: computed(() => datasetKeys.profile(toValue(id))),
    queryFn: async ({ signal }) => {
      const params = { path: { id: toValue(id) } }
      const call = api.GET('/api/v1/training_data/{id}/profile/', { params, signal })
      return (await unwrap(call)) as unknown as DataProfile
    },
    enabled,
    staleTime: Infinity,
  })

interface Upload extends UploadOptions {
  kind: UploadKind
  file: File
}

export function useUpload(project: Id) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ kind, file, ...options }: Upload) => {
      const form = new FormData()
      form.append('project', String(toValue(project)))
      form.append('file', file)
      return upload<TrainingData | ItemMetaData>(`/api/v1/${kind}/`, form, options)
    },
    onSuccess: () => client.invalidateQueries({ queryKey: datasetKeys.project(toValue(project)) }),
  })
}

/** How a file comes to data that is there already. */
export type Renewal = 'append' | 'replace'

export function useRenew() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ kind, id, how, file, ...options }: Upload & { id: number; how: Renewal }) => {
      const form = new FormData()
      form.append('file', file)
      const row = `/api/v1/${kind}/${String(id)}/`
      return how === 'append'
        ? upload<TrainingData>(`${row}append/`, form, options)
        : upload<TrainingData | ItemMetaData>(row, form, { ...options, method: 'PATCH' })
    },
    onSuccess: () => client.invalidateQueries({ queryKey: datasetKeys.all }),
  })
}

interface RowOf {
  kind: UploadKind
  id: number
}

/** Gives up the file; the entry and what was made from it stay. */
export function useUnlinkDataset() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ kind, id }: RowOf) =>
      unwrap(api.DELETE(`/api/v1/${kind}/{id}/unlink_file/`, { params: { path: { id } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: datasetKeys.all }),
  })
}

export function useDeleteDataset(project: Id) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ kind, id }: RowOf) =>
      unwrap(api.DELETE(`/api/v1/${kind}/{id}/`, { params: { path: { id } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: datasetKeys.project(toValue(project)) }),
  })
}
