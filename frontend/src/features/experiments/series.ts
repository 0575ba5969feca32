import type { DayOfTest } from './types'

export interface DifferencePoint {
  day: string
  /** Of the rates until the end of the day, in percentage points. */
  difference: number
  low: number
  high: number
}

export const differencePoints = (days: DayOfTest[]): DifferencePoint[] =>
  days.map(({ day, control_rate, variant_rate, difference: [low = 0, high = 0] }) => ({
    day,
    difference: 100 * (variant_rate - control_rate),
    low: 100 * low,
    high: 100 * high,
  }))

/** How far the axis reaches from zero: the first days know nothing and are cut off,
    so that the last ones can be read. */
export function reachOf(points: DifferencePoint[]): number {
  const last = points.at(-1)
  const newest = Math.max(Math.abs(last?.low ?? 0), Math.abs(last?.high ?? 0))
  const widest = Math.max(0, ...points.flatMap(({ low, high }) => [Math.abs(low), Math.abs(high)]))
  return Number(Math.min(widest, 3 * newest).toPrecision(2)) || 1
}

export interface Shares {
  day: string
  control: number
  variant: number
}

/** The parts of both arms, 0…1, among all users who had come until the end of each day. */
export function sharesSoFar(days: DayOfTest[]): Shares[] {
  let [control, variant] = [0, 0]
  return days.flatMap(({ day, control_impressions, variant_impressions }) => {
    control += control_impressions
    variant += variant_impressions
    const users = control + variant
    return users ? [{ day, control: control / users, variant: variant / users }] : []
  })
}
