import { useMutation, useQuery, useQueryClient, type UseQueryReturnType } from '@tanstack/vue-query'
import { useI18n } from 'vue-i18n'
import { useRouter } from 'vue-router'
import { computed, toValue, type ComputedRef, type MaybeRefOrGetter } from 'vue'
import { useMay } from '@/composables/useMay'
import { api, unwrap } from '@/api/client'
import { MAX_PAGE_SIZE, PAGE_SIZE } from '@/api/pages'
import { useApiKeys } from '@/features/api-keys/queries'
import { useTrainingData } from '@/features/datasets/queries'
import { useSlots } from '@/features/deployments/queries'
import { useTests } from '@/features/experiments/queries'
import { useModels } from '@/features/models/queries'
import { useSchedule } from '@/features/retraining/queries'
import { useTuningJobs } from '@/features/tuning/queries'
import {
  dataStep,
  deploymentStep,
  experimentsStep,
  keysStep,
  modelsStep,
  retrainingStep,
  tuningStep,
} from './pipeline'
import type { NewProject, PipelineStep, Project, ProjectChanges } from './types'

type Id = MaybeRefOrGetter<number>

export const projectKeys = {
  all: ['projects'] as const,
  list: (page: number, size: number) => [...projectKeys.all, 'list', page, size] as const,
  one: (id: number) => [...projectKeys.all, 'one', id] as const,
  lists: () => [...projectKeys.all, 'list'] as const,
}

const listProjects = (page: number, size: number, signal: AbortSignal) =>
  unwrap(api.GET('/api/v1/project/', { params: { query: { page, page_size: size } }, signal }))

export const useProjects = (page: Id) =>
  useQuery({
    queryKey: computed(() => projectKeys.list(toValue(page), PAGE_SIZE)),
    queryFn: ({ signal }) => listProjects(toValue(page), PAGE_SIZE, signal),
  })

export const useAllProjects = () =>
  useQuery({
    queryKey: projectKeys.list(1, MAX_PAGE_SIZE),
    queryFn: ({ signal }) => listProjects(1, MAX_PAGE_SIZE, signal),
  })

export const useProject = (id: Id): UseQueryReturnType<Project, Error> =>
  useQuery({
    queryKey: computed(() => projectKeys.one(toValue(id))),
    queryFn: ({ signal }) =>
      unwrap(api.GET('/api/v1/project/{id}/', { params: { path: { id: toValue(id) } }, signal })),
  })

export function useCreateProject() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: NewProject) => unwrap(api.POST('/api/v1/project/', { body })),
    onSuccess: () => client.invalidateQueries({ queryKey: projectKeys.all }),
  })
}

/** What the person who looks may do here; nothing as long as it is not known. */
export function useProjectMay(id: Id): ReturnType<typeof useMay> {
  const { data } = useProject(id)
  return useMay(() => data.value?.role)
}

export const useProjectSummary = (id: Id) =>
  useQuery({
    queryKey: computed(() => [...projectKeys.one(toValue(id)), 'summary']),
    queryFn: ({ signal }) => {
      const path = { id: toValue(id) }
      return unwrap(api.GET('/api/v1/project_summary/{id}/', { params: { path }, signal }))
    },
  })

export function useUpdateProject() {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ id, changes }: { id: number; changes: ProjectChanges }) =>
      unwrap(api.PATCH('/api/v1/project/{id}/', { params: { path: { id } }, body: changes })),
    onSuccess: () => client.invalidateQueries({ queryKey: projectKeys.all }),
  })
}

/** Deletes it and goes to the list of projects. */
export function useDeleteProject() {
  const client = useQueryClient()
  const router = useRouter()
  return useMutation({
    mutationFn: (id: number) =>
      unwrap(api.DELETE('/api/v1/project/{id}/', { params: { path: { id } } })),
    onSuccess: async (_, id) => {
      await router.push('/projects')
      client.removeQueries({ queryKey: projectKeys.one(id) })
      await client.invalidateQueries({ queryKey: projectKeys.lists() })
    },
  })
}

/** The steps of a project in the order of the work, each with its state and its one number.
    Keys are their owners' business. */
export function usePipeline(project: Id): ComputedRef<PipelineStep[]> {
  const data = useTrainingData(project, 1)
  const jobs = useTuningJobs(project, 1)
  const models = useModels(project, 1)
  const slots = useSlots(project)
  const summary = useProjectSummary(project)
  const tests = useTests(project, 1)
  const schedule = useSchedule(project)
  const keys = useApiKeys(project, 1)
  const may = useProjectMay(project)
  const { locale } = useI18n()
  return computed(() => [
    dataStep(data.data.value),
    tuningStep(jobs.data.value),
    modelsStep(models.data.value),
    deploymentStep(slots.data.value),
    experimentsStep(summary.data.value, tests.data.value),
    retrainingStep(schedule.data.value, locale.value),
    ...(may.value.remove ? [keysStep(keys.data.value)] : []),
  ])
}
