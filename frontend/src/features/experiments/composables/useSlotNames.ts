import type { MaybeRefOrGetter } from 'vue'
import { useSlots } from '@/features/deployments/queries'
import type { AbTest } from '../types'
import type { Names } from '../verdict'

/** The name of a slot by its id, and those of both arms of a test. */
export function useSlotNames(project: MaybeRefOrGetter<number>): {
  nameOf: (slot: number) => string
  namesOf: (test: AbTest) => Names
} {
  const slots = useSlots(project)
  const nameOf = (slot: number): string =>
    slots.data.value?.results.find(({ id }) => id === slot)?.name ?? `#${String(slot)}`
  const namesOf = (test: AbTest): Names => ({
    control: nameOf(test.control_slot),
    variant: nameOf(test.variant_slot),
  })
  return { nameOf, namesOf }
}
