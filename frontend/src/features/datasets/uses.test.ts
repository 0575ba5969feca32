import { expect, test } from 'vitest'
import { usesByVersion } from './uses'

test('each model and job stands at the version that it read', () => {
  const uses = usesByVersion(
    [
      { id: 4, data_version: 2 },
      { id: 3, data_version: 1 },
    ],
    [{ id: 17, data_version: 2 }],
  )
  expect(uses.get(1)).toEqual([{ kind: 'model', id: 3 }])
  expect(uses.get(2)).toEqual([
    { kind: 'job', id: 17 },
    { kind: 'model', id: 4 },
  ])
})

test('what has not begun to read is at no version', () => {
  expect(usesByVersion([{ id: 4, data_version: null }], []).size).toBe(0)
})
