import { setupServer } from 'msw/node'

/** Knows no route by itself: what a test does not answer is a failure. */
export const server = setupServer()

/** The full address of a management route. */
export const at = (path: string): string => new URL(`/api/v1/${path}`, location.origin).href

export const page = <T>(...results: T[]) => ({
  count: results.length,
  next: null,
  previous: null,
  results,
})
