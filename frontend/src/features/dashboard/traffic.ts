import type { TrafficDay } from './types'

export interface Traffic {
  /** UTC days in their order, without gaps. */
  days: string[]
  /** Impressions on each of these days, by project. */
  impressions: Map<number, number[]>
}

const DAY_MS = 86_400_000
const dayOf = (at: number): string => new Date(at).toISOString().slice(0, 10)

/** Impressions by project and day, of all slots; days on which nothing was shown are 0. */
export function trafficOf(found: Map<number, TrafficDay[]>): Traffic {
  const seen = [...found.values()].flatMap((rows) => rows.map(({ day }) => Date.parse(day)))
  if (seen.length === 0) return { days: [], impressions: new Map() }
  const days: string[] = []
  for (let at = Math.min(...seen); at <= Math.max(...seen); at += DAY_MS) days.push(dayOf(at))
  const impressions = new Map(
    [...found].flatMap(([project, rows]) => {
      if (rows.length === 0) return []
      const sums = new Map<string, number>()
      for (const { day, impressions } of rows) sums.set(day, (sums.get(day) ?? 0) + impressions)
      return [[project, days.map((day) => sums.get(day) ?? 0)] as const]
    }),
  )
  return { days, impressions }
}
