import { expect, test } from 'vitest'
import en from './en'
import { preferredLocale } from './index'
import ja from './ja'

type Tree = { [key: string]: string | Tree }

function leaves(tree: Tree, path = ''): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string' ? [[path + key, value]] : leaves(value, `${path}${key}.`),
  )
}
const names = (text: string): string[] => [...new Set(text.match(/\{\w+\}/g))].sort()

test('both languages say the same things with the same values', () => {
  const japanese = new Map(leaves(ja))
  const english = leaves(en)
  expect([...japanese.keys()].sort()).toEqual(english.map(([key]) => key).sort())
  for (const [key, text] of english) {
    expect([key, names(japanese.get(key) ?? '')]).toEqual([key, names(text)])
  }
})

test("the reader's first known language is taken, English when there is none", () => {
  expect(preferredLocale(['fr-FR', 'ja-JP', 'en'])).toBe('ja')
  expect(preferredLocale(['fr'])).toBe('en')
})
