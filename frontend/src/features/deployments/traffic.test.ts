import { expect, test } from 'vitest'
import { movedShare, sharesOf } from './traffic'

const slot = (weight: number, is_active = true) => ({ weight, is_active })

test('weights count against those of the other active slots', () => {
  expect(sharesOf([slot(30), slot(10), slot(60, false)])).toEqual([0.75, 0.25, 0])
  expect(sharesOf([slot(0), slot(50, false)])).toEqual([0, 0])
})

test.each([
  ['nothing changes', [0.5, 0.5], [0.5, 0.5], 0],
  ['one slot ends', [0.5, 0.5], [1, 0], 0.5],
  ['one slot gives a tenth to the other', [0.5, 0.5], [0.4, 0.6], 0.1],
  ['a new slot takes a fifth', [1, 0], [0.8, 0.2], 0.2],
  ['all slots change places', [1, 0], [0, 1], 1],
  ['nobody was served before', [0, 0], [0.5, 0.5], 0],
  ['nobody is served any more', [0.5, 0.5], [0, 0], 1],
])('when %s', (_, before, after, moved) => {
  expect(movedShare(before, after)).toBeCloseTo(moved)
})

test('a simulated race of clocks moves as many users as the formula says', () => {
  const [before, after] = [
    [0.5, 0.3, 0.2],
    [0.3, 0.3, 0.4],
  ]
  let state = 1
  const random = (): number => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
  const winner = (clocks: number[], shares: number[]): number => {
    const times = clocks.map((clock, i) => clock / (shares[i] ?? 0))
    return times.indexOf(Math.min(...times))
  }
  const users = 40_000
  let moved = 0
  for (let user = 0; user < users; user++) {
    const clocks = before.map(() => -Math.log(random()))
    if (winner(clocks, before) !== winner(clocks, after)) moved++
  }
  expect(moved / users).toBeCloseTo(movedShare(before, after), 2)
})
