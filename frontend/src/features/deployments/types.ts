import type { components } from '@/api/schema'

type Schemas = components['schemas']
export type Slot = Schemas['DeploymentSlot']
export type NewSlot = Schemas['DeploymentSlotRequest']
export type SlotChange = Schemas['PatchedDeploymentSlotRequest']
export type Deployment = Schemas['Deployment']
export type Review = Schemas['GateReview']
export type NewReview = Schemas['GateReviewRequest']
export type Check = Schemas['Check']
export type Comparison = Schemas['Comparison']
export type Limits = Schemas['GateLimits']
