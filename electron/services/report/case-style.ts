import { researchUseSentence } from '../../contract/index.ts'

/**
 * The style sheet of a case report, for the screen and for paper. Chromium prints the sentence at the foot of each
 * page; for browsers that know no page margin boxes it stands below each image on paper.
 */
export const caseStyle = `
:root{color-scheme:light}
body{font:14px/1.45 system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','Liberation Sans',sans-serif;color:#1c1c1c;background:#fff;max-width:60rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem;margin:0 0 .4rem;overflow-wrap:anywhere}h2{font-size:1.15rem;margin:2rem 0 .5rem;border-bottom:1px solid #ccc;padding-bottom:.2rem}
h3{font-size:1rem;margin:0 0 .3rem;overflow-wrap:anywhere}small{color:#555;font-weight:400}p{margin:.35rem 0}.kind{color:#555;margin:0;text-transform:uppercase;letter-spacing:.06em;font-size:.8rem}
.use{border:1px solid #777;padding:.45rem .75rem;font-weight:600}.warning{border-left:4px solid #b00020;background:#fdecef;padding:.45rem .75rem;font-weight:600}
table{border-collapse:collapse;margin:.4rem 0;font-variant-numeric:tabular-nums}th,td{padding:.2rem .7rem .2rem 0;text-align:left;vertical-align:top;border-bottom:1px solid #e4e4e4;overflow-wrap:anywhere}
thead th{color:#555;font-weight:500;font-size:.85rem}.facts th{font-weight:500;color:#444;white-space:nowrap}
article{display:grid;grid-template-columns:14rem minmax(0,1fr);gap:1.2rem;padding:1rem 0;border-bottom:1px solid #ccc}
.picture img{width:100%;display:block;background:#eee}.no-picture{border:1px dashed #999;padding:1rem;color:#555;margin:0}
.bars{width:100%}.bars th{font-weight:400;width:8rem}.bars td:last-child{width:5rem;text-align:right}.bars .suggested th,.bars .suggested td{font-weight:600}
.bar svg{display:block;width:100%;height:.6rem;margin-top:.35rem}.ground{fill:#ececec}.share{fill:#8a8a8a}.suggested .share{fill:#0072b2}
.untrained{color:#b00020;font-weight:700;border:1px solid #b00020;border-radius:3px;padding:0 .35rem;font-size:.85rem}
.flags{margin:.3rem 0;padding-left:1.1rem}.hash{color:#555;font-size:.8rem}code{font-family:ui-monospace,'DejaVu Sans Mono',monospace;overflow-wrap:anywhere}
.on-paper{display:none}
@media (max-width:40rem){article{grid-template-columns:1fr}}
@page{size:A4;margin:16mm 15mm 20mm;@bottom-left{content:"${researchUseSentence}";font:9pt system-ui,sans-serif;color:#444;white-space:nowrap}@bottom-right{content:counter(page) " / " counter(pages);font:9pt system-ui,sans-serif;color:#444}}
@media print{
body{font-size:10pt;max-width:none;margin:0;padding:0}
.on-paper{display:block;font-size:8pt;color:#444}
article{grid-template-columns:45mm minmax(0,1fr);break-inside:avoid}h2,h3{break-after:avoid}tr,.use,.warning{break-inside:avoid}
.warning,.share,.ground,.untrained{-webkit-print-color-adjust:exact;print-color-adjust:exact}}
`
