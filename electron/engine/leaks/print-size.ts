/** Longer edge of the grey image from which a print is made. Details smaller than it shows do not survive a shrink. */
export const printEdgePx = 512
