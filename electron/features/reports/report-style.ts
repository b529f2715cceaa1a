import { researchUseSentence } from '../../contract/index.ts'

/** Tints of a confusion matrix, from none to the strongest on which text is readable. */
const tints = Array.from({ length: 11 }, (_, step) =>
  [
    `.right.tint-${step}{background:rgb(0 114 178 / ${4 * step}%)}`,
    `.wrong.tint-${step}{background:rgb(213 94 0 / ${4 * step}%)}`,
  ].join(''),
).join('\n')

/**
 * The style sheet of reports, for screen and paper. Chromium prints the sentence at the foot of each page; for
 * browsers without page margin boxes it is printed below each image.
 */
export const reportStyle = `
:root{color-scheme:light}
body{font:14px/1.45 system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','Liberation Sans',sans-serif;color:#1c1c1c;background:#fff;max-width:60rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem;margin:0 0 .4rem;overflow-wrap:anywhere}h2{font-size:1.15rem;margin:2rem 0 .5rem;border-bottom:1px solid #ccc;padding-bottom:.2rem}
h3{font-size:1rem;margin:0 0 .3rem;overflow-wrap:anywhere}small,.note{color:#555;font-weight:400}p{margin:.35rem 0}.note{font-size:.85rem;max-width:46rem}.kind{color:#555;margin:0;text-transform:uppercase;letter-spacing:.06em;font-size:.8rem}
.use{border:1px solid #777;padding:.45rem .75rem;font-weight:600}.warning{border-left:4px solid #b00020;background:#fdecef;padding:.45rem .75rem;font-weight:600}
table{border-collapse:collapse;margin:.4rem 0;font-variant-numeric:tabular-nums}th,td{padding:.2rem .7rem .2rem 0;text-align:left;vertical-align:top;border-bottom:1px solid #e4e4e4;overflow-wrap:anywhere}
th{font-weight:400}caption{text-align:left;color:#555;font-size:.85rem;padding-bottom:.2rem}thead th{color:#555;font-weight:500;font-size:.85rem}.number{text-align:right}.strong>*{font-weight:600}.facts th{font-weight:500;color:#444;white-space:nowrap}
article{display:grid;grid-template-columns:14rem minmax(0,1fr);gap:1.2rem;padding:1rem 0;border-bottom:1px solid #ccc}
.picture img{width:100%;display:block;background:#eee}.no-picture{border:1px dashed #999;padding:1rem;color:#555;margin:0}
.bars{width:100%;max-width:40rem}.bars th{width:8rem}.bars td.number{width:5rem}.bar svg{display:block;width:100%;height:.6rem;margin-top:.35rem}
svg{--plot-text:#444;--plot-grid:#e4e4e4;--plot-axis:#999;--plot-mark:#a33f00;--plot-muted:#6e6e6e;--plot-accent:#0072b2}
.plots{display:flex;flex-wrap:wrap;gap:1.5rem 2.5rem}.plots figure{margin:0;flex:1 1 20rem;min-width:0}.plots figure>svg{display:block;width:min(100%,22rem)}figcaption{font-weight:600}
.confusion td{text-align:center;min-width:5rem;padding:.3rem}.confusion th{padding-right:.7rem}.pictures{display:flex;flex-wrap:wrap;gap:1rem}.pictures figure{margin:0;width:11rem}
.pictures img{width:100%;display:block;background:#eee}.pictures figcaption{font-size:.85rem;font-weight:400;color:#444;overflow-wrap:anywhere}
${tints}
.untrained{color:#b00020;font-weight:700;border:1px solid #b00020;border-radius:3px;padding:0 .35rem;font-size:.85rem}
ul{margin:.3rem 0;padding-left:1.1rem}code{font-family:ui-monospace,'DejaVu Sans Mono',monospace;font-size:.9em;overflow-wrap:anywhere}
.on-paper{display:none}
@media (max-width:40rem){article{grid-template-columns:1fr}}
@page{size:A4;margin:16mm 15mm 20mm;@bottom-left{content:"${researchUseSentence}";font:9pt system-ui,sans-serif;color:#444;white-space:nowrap}@bottom-right{content:counter(page) " / " counter(pages);font:9pt system-ui,sans-serif;color:#444}}
@media print{
body{font-size:10pt;max-width:none;margin:0;padding:0}
.on-paper{display:block;font-size:8pt;color:#444}
article{grid-template-columns:45mm minmax(0,1fr);break-inside:avoid}h2,h3{break-after:avoid}tr,figure,.use,.warning{break-inside:avoid}
.warning,.confusion td,.bar svg,.untrained{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
`
