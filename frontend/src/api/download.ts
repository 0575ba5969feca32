import { sessionFetch } from './client'
import { errorFrom } from './errors'

/** Has the browser save a file under the name that the server gives it; refusals are thrown before. */
export async function download(path: string): Promise<void> {
  const url = new URL(path, location.origin)
  const answer = await sessionFetch(new Request(url, { method: 'HEAD' }))
  if (!answer.ok) throw errorFrom(answer.status, null)
  const link = document.createElement('a')
  link.href = url.href
  link.download = ''
  link.click()
}
