import { api, unwrap } from './client'
import { errorFrom, networkError } from './errors'
import { csrfHeaders } from './session'

export interface UploadOptions {
  method?: 'POST' | 'PATCH'
  onProgress?: (share: number) => void
  signal?: AbortSignal
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** Sends one multipart form with progress (fetch has none for bodies). Renews the session first. */
export async function upload<T>(path: string, form: FormData, options: UploadOptions): Promise<T> {
  await unwrap(api.GET('/api/v1/auth/user/', { signal: options.signal }))
  options.signal?.throwIfAborted()
  const method = options.method ?? 'POST'
  return new Promise<T>((resolve, reject) => {
    const xhr = new XMLHttpRequest()
    xhr.open(method, path)
    for (const [name, value] of Object.entries(csrfHeaders(method))) {
      xhr.setRequestHeader(name, value)
    }
    xhr.upload.onprogress = ({ loaded, total }) => options.onProgress?.(total ? loaded / total : 0)
    xhr.onload = () => {
      const body = parse(xhr.responseText)
      if (xhr.status < 300) resolve(body as T)
      else reject(errorFrom(xhr.status, body, xhr.getResponseHeader('Retry-After')))
    }
    xhr.onerror = () => {
      reject(networkError())
    }
    options.signal?.addEventListener('abort', () => {
      xhr.abort()
      reject(new DOMException('Aborted', 'AbortError'))
    })
    xhr.send(form)
  })
}
