import type { Algorithm, Parameter } from '@/features/tuning/types'
import type { ModelConfiguration } from './types'

export type ParameterValue = string | number | boolean | null
export type ParameterValues = Record<string, ParameterValue>

/** What a form of these parameters begins with: what is given, and defaults for the rest. */
export const startValues = (
  parameters: Parameter[],
  given: Record<string, unknown> = {},
): ParameterValues =>
  Object.fromEntries(
    parameters.map(({ name, default: usual }) => [name, (given[name] ?? usual) as ParameterValue]),
  )

/** Only what was set to something of its own; an emptied field means the default. */
export const chosenValues = (
  parameters: Parameter[],
  values: ParameterValues,
): Record<string, unknown> =>
  Object.fromEntries(
    parameters
      .map(({ name, default: usual }) => ({ name, usual, value: values[name] ?? usual }))
      .filter(({ usual, value }) => value !== usual)
      .map(({ name, value }) => [name, value]),
  )

/** A configuration says `IALS` or `IALSRecommender`. */
export const algorithmNamed = (
  algorithms: Algorithm[] | undefined,
  className: string | undefined,
): Algorithm | undefined =>
  algorithms?.find(({ name, class_name: full }) => className === name || className === full)

/** What a configuration does otherwise than the defaults; all of it when the algorithm is unknown. */
export function ownParameters(
  algorithms: Algorithm[] | undefined,
  row: Pick<ModelConfiguration, 'recommender_class_name' | 'parameters_json'>,
): Record<string, unknown> {
  const known = algorithmNamed(algorithms, row.recommender_class_name)?.parameters
  return known ? chosenValues(known, startValues(known, row.parameters_json)) : row.parameters_json
}
