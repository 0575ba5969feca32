export type FieldErrors = Record<string, string[]>

/** A refusal of the server (or of the network, status 0) with its sentence and, for forms, the fields. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly fields: FieldErrors = {},
    readonly retryAfter: number | null = null,
  ) {
    super(message)
    this.name = 'ApiError'
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const sentences = (value: unknown): string[] => {
  if (typeof value === 'string') return [value]
  if (Array.isArray(value)) return value.flatMap(sentences)
  return isRecord(value) ? Object.values(value).flatMap(sentences) : []
}

function fieldErrors(body: Record<string, unknown>): FieldErrors {
  const entries = Object.entries(body)
    .filter(([name]) => name !== 'detail' && name !== 'code')
    .map(([name, value]) => [name, sentences(value)] as const)
  return Object.fromEntries(entries.filter(([, found]) => found.length > 0))
}

export function errorFrom(status: number, body: unknown, retryAfter?: string | null): ApiError {
  const record = isRecord(body) ? body : {}
  const fields = fieldErrors(record)
  const detail = typeof record.detail === 'string' ? record.detail : Object.values(fields).flat()[0]
  const code = typeof record.code === 'string' ? record.code : `http_${String(status)}`
  return new ApiError(status, code, detail ?? '', fields, retryAfter ? Number(retryAfter) : null)
}

export const networkError = (): ApiError => new ApiError(0, 'network', '')

export const toApiError = (error: unknown): ApiError =>
  error instanceof ApiError ? error : networkError()
