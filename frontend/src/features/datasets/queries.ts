import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { api, unwrap } from '@/api/client'
import { PAGE_SIZE } from '@/api/pages'
import { upload } from '@/api/upload'
import type { DataProfile } from './profile'
import type { ItemMetaData, TrainingData, UploadKind } from './types'

type Id = MaybeRefOrGetter<number>
const POLL_MS = 1_500

export const datasetKeys = {
  all: ['datasets'] as const,
  project: (project: number) => [...datasetKeys.all, project] as const,
  list: (kind: UploadKind, project: number, page: number) =>
    [...datasetKeys.project(project), kind, page] as const,
  one: (id: number) => [...datasetKeys.all, 'one', id] as const,
  preview: (kind: UploadKind, id: number) => [...datasetKeys.all, 'preview', kind, id] as const,
  profile: (id: number) => [...datasetKeys.all, 'profile', id] as const,
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

export const useTrainingDatum = (id: Id) =>
  useQuery({
    queryKey: computed(() => datasetKeys.one(toValue(id))),
    queryFn: ({ signal }) => {
      const path = { id: toValue(id) }
      return unwrap(api.GET('/api/v1/training_data/{id}/', { params: { path }, signal }))
    },
    refetchInterval: ({ state }) => pollWhilePending(state.data && [state.data]),
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

export interface Upload {
  kind: UploadKind
  file: File
  onProgress: (share: number) => void
  signal: AbortSignal
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

export function useDeleteDataset(project: Id) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ kind, id }: { kind: UploadKind; id: number }) =>
      unwrap(api.DELETE(`/api/v1/${kind}/{id}/`, { params: { path: { id } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: datasetKeys.project(toValue(project)) }),
  })
}
