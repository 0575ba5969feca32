import { useQueryClient } from '@tanstack/vue-query'
import { watch, type Ref } from 'vue'
import { useJobStream } from '@/composables/useJobStream'
import { useThrottled } from '@/composables/useThrottled'
import { modelKeys } from '@/features/models/queries'
import { isLive, tuningKeys, useTrials, useTuningJob } from '../queries'

const AT_MOST_EVERY_MS = 700

/** A job, its trials and its log, kept fresh by the socket and, should that fail, by the job's own poll. */
export function useLiveJob(id: Ref<number>) {
  const client = useQueryClient()
  const job = useTuningJob(id)
  const trials = useTrials(id)
  const refresh = useThrottled(() => {
    void client.invalidateQueries({ queryKey: tuningKeys.job(id.value) })
  }, AT_MOST_EVERY_MS)
  const { lines, connected } = useJobStream(id, refresh)

  watch(
    () => job.data.value?.n_trials_done,
    () => void client.invalidateQueries({ queryKey: tuningKeys.trials(id.value) }),
  )
  watch(
    () => isLive(job.data.value),
    (live, before) => {
      if (!before || live) return
      void client.invalidateQueries({ queryKey: tuningKeys.all })
      void client.invalidateQueries({ queryKey: modelKeys.all })
    },
  )
  return { job, trials, lines, connected }
}
