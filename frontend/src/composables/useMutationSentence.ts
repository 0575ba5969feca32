import { computed, type ComputedRef, type Ref } from 'vue'
import { useErrorSentence } from './useErrorSentence'

/** What to tell a person when the latest call of a mutation failed; null otherwise. */
export function useMutationSentence(
  ...mutations: { error: Ref<unknown> }[]
): ComputedRef<string | null> {
  const errorSentence = useErrorSentence()
  return computed(() => {
    const failed = mutations.find(({ error }) => error.value)
    return failed ? errorSentence(failed.error.value) : null
  })
}
