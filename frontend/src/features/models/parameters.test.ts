import { expect, test } from 'vitest'
import { anAlgorithm, aParameter } from '@/test/rows'
import { algorithmNamed, chosenValues, ownParameters, startValues } from './parameters'

const parameters = [
  aParameter({ name: 'n_components', default: 64 }),
  aParameter({ name: 'normalize', type: 'bool', default: true, choices: [true, false] }),
]

test('a form begins with the defaults, and with what is given', () => {
  expect(startValues(parameters)).toEqual({ n_components: 64, normalize: true })
  expect(startValues(parameters, { normalize: false })).toEqual({
    n_components: 64,
    normalize: false,
  })
})

test('only what differs from the default is sent', () => {
  expect(chosenValues(parameters, { n_components: 64, normalize: true })).toEqual({})
  expect(chosenValues(parameters, { n_components: 8, normalize: false })).toEqual({
    n_components: 8,
    normalize: false,
  })
})

test('an emptied field means the default', () => {
  expect(chosenValues(parameters, { n_components: null, normalize: true })).toEqual({})
})

test('what a configuration repeats of the defaults is not its own', () => {
  const row = {
    recommender_class_name: 'IALSRecommender',
    parameters_json: { n_components: 8, normalize: true },
  }
  const ials = anAlgorithm({ parameters })
  expect(ownParameters([ials], row)).toEqual({ n_components: 8 })
  expect(ownParameters([], row)).toEqual(row.parameters_json)
})

test('an algorithm is found by either of its names', () => {
  const ials = anAlgorithm({ parameters })
  expect(algorithmNamed([ials], 'IALSRecommender')).toBe(ials)
  expect(algorithmNamed([ials], 'IALS')).toBe(ials)
  expect(algorithmNamed([ials], 'TopPop')).toBeUndefined()
})
