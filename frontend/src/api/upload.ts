import { api, unwrap } from './client'
import { errorFrom, networkError } from './errors'
import { csrfHeaders } from './session'

export interface UploadOptions {
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
  await unwrap(api.GET('/api/v1/auth/user/'))
  return new Promise<T>((resolve, reject) => {
    const xhr = new XMLHttpRequest()
    xhr.open('POST', path)
    for (const [name, value] of Object.entries(csrfHeaders('POST'))) {
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
    xhr.onabort = () => {
      reject(new DOMException('Aborted', 'AbortError'))
    }
    options.signal?.addEventListener('abort', () => {
      xhr.abort()
    })
    xhr.send(form)
  })
}
