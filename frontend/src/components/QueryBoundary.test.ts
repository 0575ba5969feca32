import { screen } from '@testing-library/vue'
import { expect, test, vi } from 'vitest'
import { defineComponent, h, ref } from 'vue'
import { ApiError } from '@/api/errors'
import { renderPage } from '@/test/render'
import QueryBoundary from './QueryBoundary.vue'

function drawn() {
  const query = {
    data: ref<string[] | undefined>(),
    error: ref<unknown>(null),
    refetch: vi.fn(),
  }
  const component = defineComponent({
    render: () =>
      h(
        QueryBoundary<string[]>,
        { query, isEmpty: (list: string[]) => list.length === 0 },
        {
          default: ({ data }: { data: string[] }) => data.join(', '),
          empty: () => 'nothing yet',
        },
      ),
  })
  return { query, component }
}

test('an error is a sentence with a way to try again', async () => {
  const { query, component } = drawn()
  query.error.value = new ApiError(500, 'server_error', 'The disk is full.')
  const { user } = await renderPage(component)
  expect(screen.getByRole('alert')).toHaveTextContent('The disk is full.')
  await user.click(screen.getByRole('button', { name: 'Try again' }))
  expect(query.refetch).toHaveBeenCalledOnce()
})

test('loading, then empty, then the data', async () => {
  const { query, component } = drawn()
  await renderPage(component)
  expect(screen.getByRole('status', { name: 'Loading' })).toBeInTheDocument()
  query.data.value = []
  expect(await screen.findByText('nothing yet')).toBeInTheDocument()
  query.data.value = ['one', 'two']
  expect(await screen.findByText('one, two')).toBeInTheDocument()
})

test('data that is there stays when a later refresh fails', async () => {
  const { query, component } = drawn()
  query.data.value = ['one']
  query.error.value = new ApiError(502, 'bad_gateway', 'Gone.')
  await renderPage(component)
  expect(screen.getByText('one')).toBeInTheDocument()
  expect(screen.queryByRole('alert')).not.toBeInTheDocument()
})
