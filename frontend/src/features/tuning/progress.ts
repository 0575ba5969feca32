import { isLive } from './queries'
import type { TuningJob } from './types'

/** How long a running job may still take; null when there is nothing to tell it by. */
export function secondsLeft(job: Pick<TuningJob, 'status' | 'progress'>): number | null {
  const left = job.progress.seconds_left
  return isLive(job) && typeof left === 'number' && left > 0 ? left : null
}
