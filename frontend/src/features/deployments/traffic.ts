import type { Slot } from './types'

export interface Weighted {
  weight?: number | null
  is_active?: boolean
}

const weightOf = ({ weight, is_active }: Weighted): number => (is_active ? (weight ?? 0) : 0)

/** The parts of the users that slots serve, 0…1, in the order of the slots. */
export function sharesOf(slots: Weighted[]): number[] {
  const total = slots.reduce((sum, slot) => sum + weightOf(slot), 0)
  return slots.map((slot) => (total === 0 ? 0 : weightOf(slot) / total))
}

export const shareOf = (slot: Slot, slots: Slot[]): number =>
  sharesOf(slots)[slots.indexOf(slot)] ?? 0

/** The part of the users, 0…1, who meet another slot than before when shares change.

    Users meet the slot that wins a race of exponential clocks whose rates are the weights
    (`recotem_contracts.assignment`). A slot wins before and after with the probability
    1 / Σ max(p_j / p_i, q_j / q_i) over all slots j, where p and q are the shares
    (Moulton and Jiang, "Maximally Consistent Sampling and the Jaccard Index of Probability
    Distributions", ICDM 2018). */
export function movedShare(before: number[], after: number[]): number {
  if (before.every((share) => share === 0)) return 0
  const stays = before.reduce((sum, p, i) => {
    const q = after[i] ?? 0
    if (p === 0 || q === 0) return sum
    const rivals = before.map((share, j) => Math.max(share / p, (after[j] ?? 0) / q))
    return sum + 1 / rivals.reduce((all, one) => all + one, 0)
  }, 0)
  return Math.max(0, 1 - stays)
}
