/** A quiet colour that is the same for the same item, dark enough for white letters. */
export function tileColour(itemId: string): string {
  let hash = 7
  for (const letter of itemId) hash = (hash * 31 + letter.charCodeAt(0)) % 100_003
  return `hsl(${String((hash * 47) % 360)} 32% 36%)`
}
