import { svg, type SvgElement } from './svg.ts'

/**
 * A bar for a share of a whole, as wide as its place; the number beside it has the same in words.
 * @param share 0 to 1
 */
export const shareBar = (share: number, isStrong: boolean): SvgElement =>
  svg(
    'svg',
    {
      viewBox: '0 0 100 8',
      preserveAspectRatio: 'none',
      'aria-hidden': 'true',
    },
    svg('rect', { width: 100, height: 8, fill: 'var(--plot-grid)' }),
    svg('rect', {
      width: Math.round(share * 1000) / 10,
      height: 8,
      fill: `var(--plot-${isStrong ? 'accent' : 'muted'})`,
    }),
  )
