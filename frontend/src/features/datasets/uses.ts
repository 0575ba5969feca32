/** A model or tuning job that read the data. */
export interface Use {
  kind: 'model' | 'job'
  id: number
}
interface Reader {
  id: number
  data_version: number | null
}

/** Who read which version; those that have not begun to read yet are in none. */
export function usesByVersion(models: Reader[], jobs: Reader[]): Map<number, Use[]> {
  const uses = new Map<number, Use[]>()
  const add = (kind: Use['kind'], { id, data_version: version }: Reader): void => {
    if (version === null) return
    uses.set(version, [...(uses.get(version) ?? []), { kind, id }])
  }
  for (const job of jobs) add('job', job)
  for (const model of models) add('model', model)
  return uses
}
