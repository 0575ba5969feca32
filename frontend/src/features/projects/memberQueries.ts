import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { useRouter } from 'vue-router'
import { api, unwrap } from '@/api/client'
import { PAGE_SIZE } from '@/api/pages'
import { projectKeys } from './queries'
import type { NewMember, Role } from './types'

type Id = MaybeRefOrGetter<number>
const LIST = '/api/v1/project/{project_id}/members/'
const ONE = '/api/v1/project/{project_id}/members/{id}/'

const keyOf = (project: number) => [...projectKeys.one(project), 'members'] as const

export const useMembers = (project: Id, page: Id) =>
  useQuery({
    queryKey: computed(() => [...keyOf(toValue(project)), toValue(page)]),
    queryFn: ({ signal }) => {
      const path = { project_id: toValue(project) }
      const query = { page: toValue(page), page_size: PAGE_SIZE }
      return unwrap(api.GET(LIST, { params: { path, query }, signal }))
    },
  })

export function useAddMember(project: Id) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (body: NewMember) =>
      unwrap(api.POST(LIST, { params: { path: { project_id: toValue(project) } }, body })),
    onSuccess: () => client.invalidateQueries({ queryKey: keyOf(toValue(project)) }),
  })
}

export function useChangeRole(project: Id) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: ({ id, role }: { id: number; role: Role }) => {
      const path = { project_id: toValue(project), id }
      return unwrap(api.PATCH(ONE, { params: { path }, body: { role } }))
    },
    // Whoever changes his own role sees another project than before.
    onSuccess: () => client.invalidateQueries({ queryKey: projectKeys.one(toValue(project)) }),
  })
}

/** Removes somebody; who `leaves` by it has nothing to look at here any more and goes to the list. */
export function useRemoveMember(project: Id) {
  const client = useQueryClient()
  const router = useRouter()
  return useMutation({
    mutationFn: ({ id }: { id: number; leaves: boolean }) => {
      const path = { project_id: toValue(project), id }
      return unwrap(api.DELETE(ONE, { params: { path } }))
    },
    onSuccess: async (_, { leaves }) => {
      const left = toValue(project)
      if (!leaves) return client.invalidateQueries({ queryKey: keyOf(left) })
      await router.push('/projects')
      client.removeQueries({ queryKey: projectKeys.one(left) })
      return client.invalidateQueries({ queryKey: projectKeys.lists() })
    },
  })
}
