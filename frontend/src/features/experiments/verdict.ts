import { formatNumber, formatPercent } from '@/format'
import type { Results } from './types'

/** What is said of a test: a text below `experiments.verdict` and what stands in it. */
export interface VerdictWords {
  key: string
  values: Record<string, string>
  /** For texts that know one and many. */
  count?: number
}
/** Of the slots. */
export type Names = Record<'control' | 'variant', string>
type Judged = Pick<
  Results,
  'verdict' | 'any_time' | 'split' | 'control_impressions' | 'variant_impressions'
>
interface Size {
  unit: 'percent' | 'points'
  ends: [number, number]
}

/** Of the lift or, while that could be anything, of the difference of the rates. */
function sizeOf({ any_time }: Judged): Size {
  const [low = 0, high = 0] = any_time.lift ?? any_time.difference.map((end) => 100 * end)
  return { unit: any_time.lift ? 'percent' : 'points', ends: [low, high] }
}

/** Small ones with a decimal, as much as such an interval knows. */
const digits = (value: number, locale: string): string =>
  formatNumber(value, Math.abs(value) >= 10 ? 0 : 1, locale)

/** The sentence on a test, as the reader's language builds it. */
export function verdictWords(
  results: Judged,
  isRunning: boolean,
  names: Names,
  locale: string,
): VerdictWords {
  const { state, days_left: days } = results.verdict
  switch (state) {
    case 'draft':
      return { key: 'draft', values: {} }
    case 'waiting':
      return waiting(results, names)
    case 'broken':
      return { key: 'broken', values: splitWords(results, locale) }
    case 'better':
    case 'worse': {
      const { unit, ends } = sizeOf(results)
      const [low, high] = ends.map(Math.abs).sort((one, other) => one - other)
      const key = `${state}.${isRunning ? 'running' : 'ended'}.${unit}`
      return {
        key,
        values: { ...names, low: digits(low ?? 0, locale), high: digits(high ?? 0, locale) },
      }
    }
    case 'collecting':
      if (!isRunning) return between('collecting.ended', results, names, locale)
      if (days === null) return { key: 'collecting.unknown', values: {} }
      return {
        key: 'collecting.running',
        values: { days: formatNumber(days, 0, locale) },
        count: days,
      }
    case 'no_difference':
      return between(`noDifference.${isRunning ? 'running' : 'ended'}`, results, names, locale)
  }
}

function waiting(results: Judged, { control, variant }: Names): VerdictWords {
  const { control_impressions: seen, variant_impressions: seenToo } = results
  if (!seen && !seenToo) return { key: 'waiting.both', values: { control, variant } }
  return { key: 'waiting.one', values: { slot: seen ? variant : control } }
}

function between(key: string, results: Judged, names: Names, locale: string): VerdictWords {
  const { unit, ends } = sizeOf(results)
  return {
    key: `${key}.${unit}`,
    values: { ...names, low: digits(-ends[0], locale), high: digits(ends[1], locale) },
  }
}

/** How users are split, control first: '52.0/48.0'. */
export function splitWords(
  { split }: Pick<Results, 'split'>,
  locale: string,
): { seen: string; planned: string } {
  const words = (variant: number): string =>
    `${formatNumber(100 * (1 - variant), 1, locale)}/${formatNumber(100 * variant, 1, locale)}`
  return { seen: words(split?.share ?? 0.5), planned: words(split?.planned_share ?? 0.5) }
}

/** Small ones are not rounded to nothing: '< 0.0001'. */
export const pValueWords = (value: number, locale: string): string =>
  value < 0.0001 ? `<\u00a0${formatNumber(0.0001, 4, locale)}` : formatNumber(value, 4, locale)

/** '+31 %', '−4.2 %' of a lift in percent. */
export const signedPercent = (percent: number, locale: string): string => {
  const text = formatPercent(percent / 100, locale, Math.abs(percent) >= 10 ? 0 : 1)
  return percent > 0 ? `+${text}` : text
}
