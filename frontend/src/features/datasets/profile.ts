/** The data report of `training_data/{id}/profile/`. */
export interface Bucket {
  from: number
  to: number
  count: number
}
export interface Spread {
  min: number
  median: number
  mean: number
  max: number
  histogram: Bucket[]
}
export interface OverTime {
  days_per_point: number
  points: { date: string; count: number }[]
}
export interface DataProfile {
  n_rows: number
  n_pairs: number
  n_users: number
  n_items: number
  density: number
  interactions_per_user: Spread
  interactions_per_item: Spread
  item_popularity: { rank: number; count: number }[]
  first_time: string | null
  last_time: string | null
  over_time: OverTime | null
}

export const bucketName = ({ from, to }: Bucket): string =>
  from === to ? String(from) : `${String(from)}–${String(to)}`
