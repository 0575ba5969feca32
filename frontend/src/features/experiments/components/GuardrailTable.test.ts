import { screen, within } from '@testing-library/vue'
import { expect, test } from 'vitest'
import { renderPage } from '@/test/render'
import type { Guardrail } from '../types'
import GuardrailTable from './GuardrailTable.vue'

const names = { control: 'main', variant: 'new' }
const coverage: Guardrail = {
  name: 'catalogue_coverage',
  control: 17.2,
  variant: 101,
  control_interval: null,
  variant_interval: null,
  control_item_share: 0.057,
  variant_item_share: null,
  shown_items: 352,
}
const cellsOf = (name: RegExp) => within(screen.getByRole('row', { name })).getAllByRole('cell')

test('coverage says its share of the items where their number is known', async () => {
  await renderPage(GuardrailTable, { props: { guardrails: [coverage], names } })
  const [name, control, variant] = cellsOf(/among 352 shown ones/)
  expect(name).toHaveTextContent('Different items among 352 shown ones')
  expect(control).toHaveTextContent(/^17 5.7% of the items that its model has$/)
  expect(variant).toHaveTextContent(/^101$/)
})

test('without records it says how to have some', async () => {
  const nothing = { ...coverage, control: null, variant: null, shown_items: null }
  await renderPage(GuardrailTable, { props: { guardrails: [nothing], names } })
  expect(screen.queryByRole('table')).not.toBeInTheDocument()
  expect(screen.getByText(/Nothing was recorded/)).toBeInTheDocument()
})
