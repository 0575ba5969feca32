import { onScopeDispose } from 'vue'

/** Runs `action` at most once per `wait` milliseconds; the last call is never lost. */
export function useThrottled(action: () => void, wait: number): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  onScopeDispose(() => {
    clearTimeout(timer)
  })
  return () => {
    timer ??= setTimeout(() => {
      timer = undefined
      action()
    }, wait)
  }
}
