import type { components } from '@/api/schema'

export type Project = components['schemas']['Project']
export type NewProject = components['schemas']['ProjectRequest']

export type StepKey = 'data' | 'tuning' | 'models' | 'deployment' | 'keys'
export interface PipelineStep {
  key: StepKey
  state: 'empty' | 'running' | 'good' | 'bad'
  /** The one number that matters. */
  figure: string
}
