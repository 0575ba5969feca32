import { AxeBuilder } from '@axe-core/playwright'
import { expect, type Page } from '@playwright/test'

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']
/** The rules of these that look at colours; to all others light and dark are the same. */
const RULES_ON_COLOURS = ['color-contrast', 'link-in-text-block']

/** No violation that axe can find, in light and in dark. */
export async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.locator(colorScheme === 'dark' ? 'html.dark' : 'html:not(.dark)').waitFor()
    const axe = new AxeBuilder({ page })
    if (colorScheme === 'light') axe.withTags(RULES)
    else axe.withRules(RULES_ON_COLOURS)
    const { violations } = await axe.analyze()
    const found = violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])
    expect(found, `${page.url()} in ${colorScheme}`).toEqual([])
  }
}
