import { onScopeDispose, ref, type Ref } from 'vue'

/** The time in milliseconds, moving on every `every` milliseconds. */
export function useNow(every: number): Ref<number> {
  const now = ref(Date.now())
  const timer = setInterval(() => (now.value = Date.now()), every)
  onScopeDispose(() => {
    clearInterval(timer)
  })
  return now
}
