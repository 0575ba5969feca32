import type { components } from '@/api/schema'

export type Account = components['schemas']['Account']
export type NewAccount = components['schemas']['NewAccountRequest']
export type AccountChanges = components['schemas']['PatchedAccountRequest']
export interface UserFilter {
  active: string
  staff: string
}
