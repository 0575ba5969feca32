import type { components } from '@/api/schema'

type Schemas = components['schemas']
export type Slot = Schemas['DeploymentSlot']
export type NewSlot = Schemas['DeploymentSlotRequest']
export type SlotChange = Schemas['PatchedDeploymentSlotRequest']
