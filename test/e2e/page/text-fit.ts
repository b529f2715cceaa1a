import type { Page } from 'playwright-core'

/**
 * Problems of large text on the current screen, one line each: text that is cut off at its own box (except text
 * that is shortened with an ellipsis and shown in full elsewhere, and text that can be scrolled to), and lines of
 * text that overlap. Only visible text counts.
 */
export function textProblems(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const problems: string[] = []
    const shown = (element: Element): boolean => {
      if (!element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true })) return false
      const { left, top, width, height } = element.getBoundingClientRect()
      if (width < 2 || height < 2) return false
      // Behind something with its own background, such as a dialog or a sticky header, it is not visible.
      const [x, y] = [left + width / 2, top + height / 2]
      const front = document.elementFromPoint(x, y)
      if (front === null) return false
      for (
        let over: Element | null = front;
        over !== null && !over.contains(element);
        over = over.parentElement
      ) {
        if (element.contains(over)) return true
        if (!/, 0\)$|^transparent$/.test(getComputedStyle(over).backgroundColor)) return false
      }
      return true
    }
    const words = (text: string): string => text.trim().replace(/\s+/g, ' ').slice(0, 40)
    const lines: { text: string; element: Element; box: DOMRect }[] = []
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const element = node.parentElement
      if (element === null || (node.textContent ?? '').trim() === '') continue
      if (element.closest('.visually-hidden, script, style, svg, datalist, option') !== null) continue
      if (!shown(element)) continue
      const range = document.createRange()
      range.selectNodeContents(node)
      const text = words(node.textContent ?? '')
      for (const box of range.getClientRects()) {
        if (box.width < 1) continue
        const seen = { text, element, box }
        lines.push(seen)
        for (let outer: Element | null = element; outer !== null; outer = outer.parentElement) {
          const style = getComputedStyle(outer)
          const clip = outer.getBoundingClientRect()
          const isShortened = style.textOverflow === 'ellipsis'
          if (style.webkitLineClamp !== 'none') {
            // The lines after the ellipsis are not drawn, and are in the tooltip.
            if (outer.getAttribute('title') === null) problems.push(`shortened without a tooltip: "${text}"`)
            const bottom = Math.min(box.bottom, clip.bottom)
            seen.box = new DOMRect(box.x, box.y, box.width, Math.max(0, bottom - box.y))
            break
          }
          const hides = (overflow: string): boolean => overflow === 'hidden' || overflow === 'clip'
          if (hides(style.overflowY) && (box.top < clip.top - 1.5 || box.bottom > clip.bottom + 1.5))
            problems.push(`cut in height: "${text}"`)
          if (hides(style.overflowX) && !isShortened && box.right > clip.right + 1.5)
            problems.push(`cut in width: "${text}"`)
          // Beyond that it can be scrolled to, or it is the window's own edge.
          if (/auto|scroll/.test(style.overflowX + style.overflowY)) {
            const [top, bottom] = [Math.max(seen.box.top, clip.top), Math.min(seen.box.bottom, clip.bottom)]
            seen.box = new DOMRect(seen.box.x, top, seen.box.width, Math.max(0, bottom - top))
            break
          }
          if (style.position === 'fixed') break
          if (isShortened) {
            if (box.right > clip.right + 1.5 && clip.width < 2 * parseFloat(style.fontSize))
              problems.push(`shortened to nothing: "${text}"`)
            // The text after the ellipsis is not drawn.
            seen.box = new DOMRect(
              box.x,
              box.y,
              Math.max(0, Math.min(box.right, clip.right) - box.x),
              box.height,
            )
            break
          }
        }
      }
    }
    for (const [index, first] of lines.entries()) {
      for (const second of lines.slice(index + 1)) {
        if (first.element === second.element || first.element.contains(second.element)) continue
        const width = Math.min(first.box.right, second.box.right) - Math.max(first.box.left, second.box.left)
        const height = Math.min(first.box.bottom, second.box.bottom) - Math.max(first.box.top, second.box.top)
        // Line boxes are slightly larger than their letters; an overlap of a third of a line is a real one.
        const line = Math.min(first.box.height, second.box.height)
        if (width > 2 && height > 2 && height > line / 3)
          problems.push(`"${first.text}" overlaps "${second.text}"`)
      }
    }
    return [...new Set(problems)]
  })
}

/**
 * What can be scrolled sideways on the current screen, one line each: the page, and every visible box that is wider
 * inside than outside. Boxes of tables (role region) are made to scroll in narrow windows, and are not listed.
 */
export function sidewaysScrolls(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = []
    const { scrollWidth, clientWidth } = document.documentElement
    if (scrollWidth > clientWidth) found.push(`the page: ${scrollWidth} px in ${clientWidth} px`)
    for (const element of document.querySelectorAll<HTMLElement>('body *')) {
      if (!element.checkVisibility() || element.matches('[role=region]')) continue
      if (!/auto|scroll/.test(getComputedStyle(element).overflowX)) continue
      if (element.scrollWidth > element.clientWidth + 1) {
        const name = element.getAttribute('aria-label') ?? element.dataset['testid'] ?? element.className
        found.push(`${name}: ${element.scrollWidth} px in ${element.clientWidth} px`)
      }
    }
    return found
  })
}
