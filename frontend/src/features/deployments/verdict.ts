import type { Review } from './types'

/** Where a comparison stands, as a person sees it. */
export type Standing = Review['status'] | 'PASSED' | 'REFUSED' | 'OVERRIDDEN' | 'DEPLOYED'

export function standingOf(
  review: Pick<Review, 'status' | 'passed' | 'overridden_at' | 'deployment'>,
): Standing {
  if (review.deployment !== null) return 'DEPLOYED'
  if (review.status !== 'COMPLETED') return review.status
  if (review.passed) return 'PASSED'
  return review.overridden_at ? 'OVERRIDDEN' : 'REFUSED'
}

export const mayDeploy = (review: Review): boolean =>
  ['PASSED', 'OVERRIDDEN'].includes(standingOf(review))

/** Places from 0 to 1 on a line that holds the interval, the limit and zero with some room. */
export function placesOn(values: number[]): (value: number) => number {
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)]
  const room = (high - low || 0.1) * 0.12
  return (value) => (value - low + room) / (high - low + 2 * room)
}
