import { computed, toValue, type ComputedRef, type MaybeRefOrGetter } from 'vue'

/** What the server will let this person do in a project: editors change, owners also delete. */
export function useMay(
  role: MaybeRefOrGetter<'viewer' | 'editor' | 'owner' | undefined>,
): ComputedRef<{ edit: boolean; remove: boolean }> {
  return computed(() => {
    const own = toValue(role) === 'owner'
    return { edit: own || toValue(role) === 'editor', remove: own }
  })
}
