import { screen, waitFor } from '@testing-library/vue'
import { http, HttpResponse } from 'msw'
import { expect, test } from 'vitest'
import { renderPage } from '@/test/render'
import { aConfiguration, aParameter } from '@/test/rows'
import { at, server } from '@/test/server'
import ConfigurationForm from './ConfigurationForm.vue'

const algorithms = [
  {
    name: 'IALS',
    class_name: 'IALSRecommender',
    description: 'Learns vectors.',
    parameters: [aParameter({ name: 'n_components', default: 64 })],
  },
  {
    name: 'CosineKNN',
    class_name: 'CosineKNNRecommender',
    description: 'Similar items.',
    parameters: [
      aParameter({ name: 'normalize', type: 'bool', default: true, choices: [true, false] }),
    ],
  },
]
const props = { project: 3, algorithms }

function takeBody(): unknown[] {
  const seen: unknown[] = []
  server.use(
    http.post(at('model_configuration/'), async ({ request }) => {
      seen.push(await request.json())
      return HttpResponse.json(aConfiguration(), { status: 201 })
    }),
  )
  return seen
}

test('a parameter that the server refuses is explained above the parameters', async () => {
  const body = { parameters_json: ['n_components must lie between 1 and 4096.'], detail: 'x' }
  server.use(http.post(at('model_configuration/'), () => HttpResponse.json(body, { status: 400 })))
  const { user } = await renderPage(ConfigurationForm, { props })
  await user.click(screen.getByRole('button', { name: 'Create configuration' }))
  expect(await screen.findByRole('alert')).toHaveTextContent('must lie between 1 and 4096')
})

test('a name that is taken is refused at its field', async () => {
  const body = { name: ['This name is taken.'], detail: 'x' }
  server.use(http.post(at('model_configuration/'), () => HttpResponse.json(body, { status: 400 })))
  const { user } = await renderPage(ConfigurationForm, { props })
  await user.type(screen.getByRole('textbox', { name: /Name/ }), 'Wide')
  await user.click(screen.getByRole('button', { name: 'Create configuration' }))
  expect(await screen.findByText('This name is taken.')).toBeInTheDocument()
  expect(screen.getByRole('textbox', { name: /Name/ })).toHaveValue('Wide')
})

test('another algorithm brings its own parameters, and only changes are sent', async () => {
  const seen = takeBody()
  const { user } = await renderPage(ConfigurationForm, { props })
  await user.selectOptions(screen.getByLabelText('Algorithm'), 'CosineKNN')
  await user.selectOptions(await screen.findByLabelText('normalize'), 'No')
  expect(screen.queryByLabelText('n_components')).not.toBeInTheDocument()
  await user.click(screen.getByRole('button', { name: 'Create configuration' }))
  await waitFor(() => {
    expect(seen).toEqual([
      {
        project: 3,
        name: null,
        recommender_class_name: 'CosineKNNRecommender',
        parameters_json: { normalize: false },
      },
    ])
  })
})

test('a copy begins with the parameters of its source', async () => {
  const template = aConfiguration({ parameters_json: { n_components: 8 } })
  await renderPage(ConfigurationForm, { props: { ...props, template } })
  expect(screen.getByLabelText('n_components')).toHaveValue(8)
})
