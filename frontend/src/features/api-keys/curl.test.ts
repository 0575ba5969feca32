import { expect, test } from 'vitest'
import { firstCommand } from './curl'
import type { IssuedApiKey, Scope } from './types'

const commandFor = (...scopes: Scope[]): string =>
  firstCommand({ key: 'rctm_x', project: 3, scopes } as IssuedApiKey, 'https://recotem.example')

test('a key that may predict asks for recommendations', () => {
  expect(commandFor('read', 'predict')).toContain('/inference/predict/project/3 ')
})

test('a key that may only write uploads data, one that may only read lists it', () => {
  expect(commandFor('write')).toContain('-F file=@interactions.csv')
  expect(commandFor('read')).toContain("'https://recotem.example/api/v1/training_data/?project=3'")
})

test('every command carries the key', () => {
  for (const scope of ['predict', 'read', 'write'] as const) {
    expect(commandFor(scope)).toContain("-H 'X-API-Key: rctm_x'")
  }
})
