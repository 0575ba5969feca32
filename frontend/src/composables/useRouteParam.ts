import { computed, type ComputedRef, type WritableComputedRef } from 'vue'
import { useRoute, useRouter } from 'vue-router'

/** A numeric part of the address, such as the project in /projects/3. */
export function useIdParam(name: string): ComputedRef<number> {
  const route = useRoute()
  return computed(() => Number(route.params[name]))
}

/** A query parameter of the address as a ref; writing it replaces the address. */
export function useQueryParam(name: string, fallback: string): WritableComputedRef<string> {
  const route = useRoute()
  const router = useRouter()
  return computed({
    get: () => {
      const value = route.query[name]
      return typeof value === 'string' ? value : fallback
    },
    set: (value) => {
      const query = { ...route.query, [name]: value === fallback ? undefined : value }
      void router.replace({ query })
    },
  })
}

/** A filter of a list in the address; another choice begins at the first page again. */
export function useFilterParam(name: string): WritableComputedRef<string> {
  const route = useRoute()
  const router = useRouter()
  const value = useQueryParam(name, '')
  return computed({
    get: () => value.value,
    set: (chosen) => {
      const query = { ...route.query, [name]: chosen || undefined, page: undefined }
      void router.replace({ query })
    },
  })
}

export function usePageParam(): WritableComputedRef<number> {
  const text = useQueryParam('page', '1')
  return computed({
    get: () => Math.max(1, Number(text.value) || 1),
    set: (page) => (text.value = String(page)),
  })
}
