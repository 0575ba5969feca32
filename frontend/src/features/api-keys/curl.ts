import type { IssuedApiKey } from './types'

const lines = (...parts: string[]): string => parts.join(' \\\n  ')

/** A first command for a new key: the most that its scopes allow. */
export function firstCommand(made: IssuedApiKey, origin: string): string {
  const key = `-H 'X-API-Key: ${made.key}'`
  const project = String(made.project)
  if (made.scopes.includes('predict'))
    return lines(
      `curl -X POST ${origin}/inference/predict/project/${project}`,
      key,
      `-H 'Content-Type: application/json'`,
      `-d '{"user_id": "USER", "cutoff": 10}'`,
    )
  if (made.scopes.includes('write'))
    return lines(
      `curl -X POST ${origin}/api/v1/training_data/`,
      key,
      `-F project=${project}`,
      `-F file=@interactions.csv`,
    )
  return lines(`curl '${origin}/api/v1/training_data/?project=${project}'`, key)
}
