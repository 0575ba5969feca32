import { reactive, watch, type Reactive } from 'vue'

function stored<V extends object>(key: string): Partial<V> {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? '{}') as Partial<V>
  } catch {
    return {}
  }
}

/** Reactive values that survive leaving the page, until `discard`. */
export function useDraft<V extends object>(
  key: string,
  initial: V,
): { values: Reactive<V>; discard: () => void } {
  const values = reactive({ ...initial, ...stored<V>(key) })
  const stop = watch(values, () => {
    sessionStorage.setItem(key, JSON.stringify(values))
  })
  const discard = (): void => {
    stop()
    sessionStorage.removeItem(key)
  }
  return { values, discard }
}
