import type { components } from '@/api/schema'

export type Project = components['schemas']['Project']
export type NewProject = components['schemas']['ProjectRequest']
export type ProjectChanges = components['schemas']['PatchedProjectRequest']
export type Member = components['schemas']['Member']
export type NewMember = components['schemas']['NewMemberRequest']
export type Role = components['schemas']['Role']
export const ROLES = ['viewer', 'editor', 'owner'] as const

export type ProjectSummary = components['schemas']['ProjectSummary']

export type StepKey =
  'data' | 'tuning' | 'models' | 'deployment' | 'experiments' | 'retraining' | 'keys'
export interface PipelineStep {
  key: StepKey
  state: 'empty' | 'running' | 'good' | 'bad'
  /** The one number that matters. */
  figure: string
}
