import type { DataProfile } from '@/features/datasets/types'

export interface Bar {
  height: number
  /** Shares of this bar, from the bottom: learnt from, compared on, kept untouched. */
  parts: [train: number, validation: number, test: number]
}

const BARS = 24

/** The project's interactions over time in a few bars; without times one even row. */
function heights(profile: DataProfile): number[] {
  const points = profile.over_time?.points ?? []
  if (points.length === 0) return Array.from({ length: BARS }, () => 1)
  const per = Math.ceil(points.length / BARS)
  const sums: number[] = []
  for (let at = 0; at < points.length; at += per) {
    sums.push(points.slice(at, at + per).reduce((sum, { count }) => sum + count, 0))
  }
  return sums
}

const clamp = (value: number): number => Math.min(Math.max(value, 0), 1)

/** How much of [from, to) lies beyond `start` (all shares of the whole). */
const beyond = (from: number, to: number, start: number): number =>
  to > from ? clamp((to - start) / (to - from)) : 0

/** `byTime`: later interactions are held out; otherwise the same share of every bar. */
export function splitBars(profile: DataProfile, byTime: boolean, heldout: number): Bar[] {
  const sizes = heights(profile)
  const top = Math.max(...sizes)
  const total = sizes.reduce((sum, size) => sum + size, 0)
  let before = 0
  return sizes.map((size) => {
    const [from, to] = [before / total, (before + size) / total]
    before += size
    const test = byTime ? beyond(from, to, 1 - heldout) : heldout
    const both = byTime ? beyond(from, to, 1 - 2 * heldout) : Math.min(2 * heldout, 1)
    return { height: size / top, parts: [1 - both, both - test, test] }
  })
}
