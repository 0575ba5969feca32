import type { components } from '@/api/schema'

export type AuditEntry = components['schemas']['AuditEntry']
export type AuditAction = components['schemas']['AuditAction']
export interface AuditFilter {
  kind: string
  action: string
  actor: string
}
export const ACTIONS: AuditAction[] = [
  'create',
  'update',
  'delete',
  'activate',
  'deactivate',
  'revoke',
  'cancel',
  'reset_password',
  'change_password',
]
/** What entries of a project are about; those of the installation are also about users. */
export const PROJECT_KINDS = [
  'project',
  'membership',
  'training_data',
  'item_meta_data',
  'parameter_tuning_job',
  'model_configuration',
  'trained_model',
  'deployment_slot',
  'retraining_schedule',
  'retraining_run',
  'gate_review',
  'deployment_gate',
  'api_key',
]
export const ALL_KINDS = [...PROJECT_KINDS, 'user']
