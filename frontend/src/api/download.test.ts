import { http, HttpResponse } from 'msw'
import { expect, test, vi } from 'vitest'
import { at, server } from '@/test/server'
import { download } from './download'
import { noteSignedIn } from './sharedSession'

const PATH = '/api/v1/trained_model/4/download_file/'

test('a refused download does not begin', async () => {
  server.use(
    http.head(at('trained_model/4/download_file/'), () => new HttpResponse(null, { status: 404 })),
  )
  const click = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockReturnValue()
  await expect(download(PATH)).rejects.toMatchObject({ status: 404 })
  expect(click).not.toHaveBeenCalled()
})

test('the session is renewed before the browser fetches the file itself', async () => {
  noteSignedIn(1)
  let renewed = false
  server.use(
    http.head(
      at('trained_model/4/download_file/'),
      () => new HttpResponse(null, { status: renewed ? 200 : 401 }),
    ),
    http.post(at('auth/token/refresh/'), () => {
      renewed = true
      return HttpResponse.json({})
    }),
  )
  const links: string[] = []
  vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (
    this: HTMLAnchorElement,
  ) {
    links.push(this.href)
  })
  await download(PATH)
  expect(links).toEqual([new URL(PATH, location.origin).href])
})
