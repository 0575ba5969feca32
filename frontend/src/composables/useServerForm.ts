import { computed, reactive, ref, toRaw, type ComputedRef, type Reactive, type Ref } from 'vue'
import { ApiError, type FieldErrors } from '@/api/errors'
import { useErrorSentence } from './useErrorSentence'

export interface ServerForm<V extends object> {
  values: Reactive<V>
  errors: ComputedRef<Partial<Record<keyof V, string[]>>>
  sentence: Ref<string | null>
  submitting: Ref<boolean>
  dirty: ComputedRef<boolean>
  submit: () => Promise<boolean>
  reset: () => void
}

/** A form in which the server has the last word: its field errors stand at the inputs, the rest above them. */
export function useServerForm<V extends object>(
  initial: () => V,
  send: (values: V) => Promise<unknown>,
): ServerForm<V> {
  const values = reactive(initial())
  const fields = ref<FieldErrors>({})
  const sentence = ref<string | null>(null)
  const submitting = ref(false)
  const errorSentence = useErrorSentence()

  const errors = computed(() => fields.value as Partial<Record<keyof V, string[]>>)
  const dirty = computed(() => JSON.stringify(values) !== JSON.stringify(initial()))

  function show(error: unknown): void {
    fields.value = error instanceof ApiError ? error.fields : {}
    const elsewhere = Object.keys(fields.value).filter((name) => !(name in values))
    const nothingAtInputs = Object.keys(fields.value).length === elsewhere.length
    const first = elsewhere[0]
    if (first) sentence.value = fields.value[first]?.join(' ') ?? null
    else sentence.value = nothingAtInputs ? errorSentence(error) : null
  }

  async function submit(): Promise<boolean> {
    if (submitting.value) return false
    submitting.value = true
    fields.value = {}
    sentence.value = null
    try {
      await send({ ...toRaw(values) } as V)
      return true
    } catch (error) {
      show(error)
      return false
    } finally {
      submitting.value = false
    }
  }

  function reset(): void {
    Object.assign(values, initial())
    fields.value = {}
    sentence.value = null
  }

  return { values, errors, sentence, submitting, dirty, submit, reset }
}
