import type { Limits } from './types'

type Numeric = Exclude<keyof Limits, 'when_unsure'>
interface LimitField {
  name: Numeric
  min: number
  max?: number
  /** What is typed is so many times what the server holds: percent, megabytes. */
  times: number
  whole?: boolean
}

export const LIMIT_FIELDS: LimitField[] = [
  { name: 'largest_loss', min: 0, max: 100, times: 100 },
  { name: 'smallest_n_users', min: 1, times: 1, whole: true },
  { name: 'lowest_coverage_ratio', min: 0, max: 100, times: 100 },
  { name: 'largest_changed_share', min: 0, max: 100, times: 100 },
  { name: 'largest_latency_ratio', min: 0.01, times: 1 },
  { name: 'harmless_latency_ms', min: 0, times: 1 },
  { name: 'largest_size_ratio', min: 0.01, times: 1 },
  { name: 'harmless_n_bytes', min: 0, times: 1e-6 },
]

export type ShownLimits = Record<Numeric, number | null> & Pick<Limits, 'when_unsure'>

/** In the units that people type. */
export const shownLimits = (limits: Limits): ShownLimits =>
  Object.assign(
    { when_unsure: limits.when_unsure },
    ...LIMIT_FIELDS.map(({ name, times }) => ({
      [name]: Number((limits[name] * times).toPrecision(12)),
    })),
  ) as ShownLimits

/** As the server holds them; an emptied field stays as it is. */
export const limitsOf = (shown: ShownLimits): Partial<Limits> =>
  Object.assign(
    { when_unsure: shown.when_unsure },
    ...LIMIT_FIELDS.map(({ name, times, whole }) => {
      const typed = shown[name]
      if (typed === null) return {}
      const value = Number((typed / times).toPrecision(12))
      return { [name]: whole || times < 1 ? Math.round(value) : value }
    }),
  ) as Partial<Limits>
