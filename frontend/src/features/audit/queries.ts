import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { api, unwrap } from '@/api/client'
import { PAGE_SIZE } from '@/api/pages'
import type { AuditAction, AuditFilter } from './types'

/** Entries of one project or, without one, of the whole installation; newest first. */
export function useAuditLog(
  project: MaybeRefOrGetter<number | undefined>,
  filter: MaybeRefOrGetter<AuditFilter>,
  page: MaybeRefOrGetter<number>,
) {
  const query = computed(() => {
    const { kind, action, actor } = toValue(filter)
    return {
      kind: kind || undefined,
      action: (action as AuditAction) || undefined,
      actor: actor ? Number(actor) : undefined,
      page: toValue(page),
      page_size: PAGE_SIZE,
    }
  })
  return useQuery({
    queryKey: computed(() => ['audit-log', toValue(project), query.value]),
    queryFn: ({ signal }) => {
      const project_id = toValue(project)
      const params = { query: query.value }
      if (project_id === undefined) return unwrap(api.GET('/api/v1/audit_log/', { params, signal }))
      const inProject = { ...params, path: { project_id } }
      return unwrap(
        api.GET('/api/v1/project/{project_id}/audit_log/', { params: inProject, signal }),
      )
    },
    placeholderData: keepPreviousData,
    staleTime: 0,
  })
}
