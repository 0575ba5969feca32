import { errorFrom, networkError } from '@/api/errors'

export interface Call {
  url: string
  key: string
  body: { user_id: string; cutoff: number }
}
export interface CallAnswer {
  status: number
  milliseconds: number
  text: string
}

export const predictUrl = (origin: string, project: number): string =>
  `${origin}/inference/predict/project/${String(project)}`

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`

/** The same request as one shell command. */
export const curlOf = ({ url, key, body }: Call): string =>
  [
    `curl -X POST ${url} \\`,
    `  -H ${quoted(`X-API-Key: ${key}`)} \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  -d ${quoted(JSON.stringify(body))}`,
  ].join('\n')

/** Sends it from the browser, with the key and without cookies. Throws ApiError for a refusal. */
export async function send({ url, key, body }: Call): Promise<CallAnswer> {
  const began = performance.now()
  const response = await fetch(url, {
    method: 'POST',
    credentials: 'omit',
    headers: { 'X-API-Key': key, 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  }).catch(() => {
    throw networkError()
  })
  const milliseconds = Math.round(performance.now() - began)
  const answer: unknown = await response.json().catch(() => null)
  if (!response.ok) throw errorFrom(response.status, answer, response.headers.get('Retry-After'))
  return { status: response.status, milliseconds, text: JSON.stringify(answer, null, 2) }
}
