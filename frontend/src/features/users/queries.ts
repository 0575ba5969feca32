import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { api, unwrap } from '@/api/client'
import { PAGE_SIZE } from '@/api/pages'
import type { AccountChanges, NewAccount, UserFilter } from './types'

type Id = MaybeRefOrGetter<number>
export const userKeys = {
  all: ['users'] as const,
  list: (page: number, filter: UserFilter) => [...userKeys.all, 'list', page, filter] as const,
  one: (id: number) => [...userKeys.all, 'one', id] as const,
}
const FLAGS: Record<string, 'true' | 'false'> = { yes: 'true', no: 'false' }

export const useUsers = (page: Id, filter: MaybeRefOrGetter<UserFilter>) =>
  useQuery({
    queryKey: computed(() => userKeys.list(toValue(page), toValue(filter))),
    queryFn: ({ signal }) => {
      const { active, staff } = toValue(filter)
      const query = {
        page: toValue(page),
        page_size: PAGE_SIZE,
        is_active: FLAGS[active],
        is_staff: FLAGS[staff],
      }
      return unwrap(api.GET('/api/v1/users/', { params: { query }, signal }))
    },
    placeholderData: keepPreviousData,
  })

export const useUser = (id: Id) =>
  useQuery({
    queryKey: computed(() => userKeys.one(toValue(id))),
    queryFn: ({ signal }) =>
      unwrap(api.GET('/api/v1/users/{id}/', { params: { path: { id: toValue(id) } }, signal })),
  })

/** A change of accounts, after which all that shows them is read again. */
function useAccountMutation<V, R>(mutationFn: (values: V) => Promise<R>) {
  const client = useQueryClient()
  return useMutation({
    mutationFn,
    onSuccess: () => client.invalidateQueries({ queryKey: userKeys.all }),
  })
}

export const useCreateUser = () =>
  useAccountMutation((body: NewAccount) => unwrap(api.POST('/api/v1/users/', { body })))

export const useUpdateUser = (id: Id) =>
  useAccountMutation((body: AccountChanges) =>
    unwrap(api.PATCH('/api/v1/users/{id}/', { params: { path: { id: toValue(id) } }, body })),
  )

export const useResetPassword = (id: Id) =>
  useAccountMutation((new_password: string) => {
    const params = { path: { id: toValue(id) } }
    return unwrap(
      api.POST('/api/v1/users/{id}/reset_password/', { params, body: { new_password } }),
    )
  })

export const useSetActive = (id: Id) =>
  useAccountMutation((active: boolean) => {
    const params = { path: { id: toValue(id) } }
    return active
      ? unwrap(api.POST('/api/v1/users/{id}/activate/', { params }))
      : unwrap(api.POST('/api/v1/users/{id}/deactivate/', { params }))
  })
