import type { Slot } from './types'

const weightOf = (slot: Slot): number => (slot.is_active ? (slot.weight ?? 0) : 0)

/** The part of the users that a slot serves, 0…1. */
export function shareOf(slot: Slot, slots: Slot[]): number {
  const total = slots.reduce((sum, each) => sum + weightOf(each), 0)
  return total === 0 ? 0 : weightOf(slot) / total
}
