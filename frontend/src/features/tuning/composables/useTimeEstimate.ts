import { computed, toValue, type ComputedRef, type MaybeRefOrGetter } from 'vue'
import { useTuningJobs } from '../queries'
import type { TuningJob } from '../types'
import type { Draft } from '../wizard'

function secondsPerTrial(job: TuningJob): number | null {
  if (!job.started_at || !job.ended_at || !job.n_trials_done) return null
  const seconds = (Date.parse(job.ended_at) - Date.parse(job.started_at)) / 1000
  return seconds / job.n_trials_done
}

/** Seconds that the draft may take, from the latest finished job on the same data; null when there is none. */
export function useTimeEstimate(
  project: MaybeRefOrGetter<number>,
  draft: MaybeRefOrGetter<Draft>,
): ComputedRef<number | null> {
  const jobs = useTuningJobs(project, 1)
  return computed(() => {
    const { data, trials, timeoutMinutes } = toValue(draft)
    const like = jobs.data.value?.results.find(
      (job) => job.status === 'COMPLETED' && job.data === data,
    )
    const each = like ? secondsPerTrial(like) : null
    if (each === null || trials === null) return null
    const wanted = each * trials
    return timeoutMinutes === null ? wanted : Math.min(wanted, timeoutMinutes * 60)
  })
}
