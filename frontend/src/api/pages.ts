/** One page of a list, as every list of the server answers. */
export interface Page<T> {
  count: number
  next?: string | null
  previous?: string | null
  results: T[]
}

export const PAGE_SIZE = 20
export const MAX_PAGE_SIZE = 100
