import { expect, test } from 'vitest'
import { defineComponent, h } from 'vue'
import { ApiError } from '@/api/errors'
import { renderPage } from '@/test/render'
import { useServerForm, type ServerForm } from './useServerForm'

interface Values {
  name: string
}

async function formThat(send: () => Promise<unknown>): Promise<ServerForm<Values>> {
  let form: ServerForm<Values> | undefined
  await renderPage(
    defineComponent({
      setup() {
        form = useServerForm(() => ({ name: '' }), send)
        return () => h('p')
      },
    }),
  )
  if (!form) throw new Error('not set up')
  return form
}

test('field errors stand at their inputs and are gone with the next try', async () => {
  let refuse = true
  const form = await formThat(() =>
    refuse
      ? Promise.reject(new ApiError(400, 'invalid', 'Taken.', { name: ['Taken.'] }))
      : Promise.resolve(),
  )
  form.values.name = 'Shop'
  expect(await form.submit()).toBe(false)
  expect(form.errors.value.name).toEqual(['Taken.'])
  expect(form.sentence.value).toBeNull()
  expect(form.values.name).toBe('Shop')
  refuse = false
  expect(await form.submit()).toBe(true)
  expect(form.errors.value.name).toBeUndefined()
})

test('an error of no input of the form stands above it', async () => {
  const form = await formThat(() =>
    Promise.reject(new ApiError(400, 'invalid', 'x', { non_field_errors: ['Not like this.'] })),
  )
  await form.submit()
  expect(form.sentence.value).toBe('Not like this.')
})

test('a throttled form says how long to wait', async () => {
  const form = await formThat(() => Promise.reject(new ApiError(429, 'throttled', '', {}, 40)))
  await form.submit()
  expect(form.sentence.value).toContain('Wait 40 seconds')
})
