/** One page of a list, as every list of the server answers. */
export interface Page<T> {
  count: number
  next?: string | null
  previous?: string | null
  results: T[]
}

export const PAGE_SIZE = 20
export const MAX_PAGE_SIZE = 100

/** Several lists as one: what all of them hold, and how much that is with what is not shown. */
export const onePage = <T>(pages: Page<T>[]): Pick<Page<T>, 'count' | 'results'> => ({
  count: pages.reduce((sum, { count }) => sum + count, 0),
  results: pages.flatMap(({ results }) => results),
})
