/** The report's style sheet: light or dark as the reader has it, and fit for paper. */
export const STYLE = `
:root{color-scheme:light dark;--ground:light-dark(#fbfaf8,#14161a);--card:light-dark(#fff,#1c1f25);--ink:light-dark(#1b1d22,#e9e7e2);--soft:light-dark(#5d626c,#9aa0ab);--rule:light-dark(#e4e1da,#2d3139);--accent:light-dark(#2f6fed,#6ea0ff);--best:light-dark(#eaf1ff,#1d2a44)}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.5 system-ui,sans-serif;font-variant-numeric:tabular-nums}
main{max-width:1180px;margin:0 auto;padding:40px 24px 80px}
.kicker{margin:0;color:var(--soft);letter-spacing:.06em;text-transform:uppercase;font-size:12px}
h1{margin:4px 0 20px;font-size:34px;line-height:1.15}
h2{margin:0 0 4px;font-size:20px}
h3{margin:28px 0 10px;font-size:16px}
h4{margin:24px 0 8px;font-size:13px;color:var(--soft);font-weight:600}
p{margin:0 0 14px;color:var(--soft);max-width:75ch}
section,details{background:var(--card);border:1px solid var(--rule);border-radius:12px;padding:22px 24px;margin-top:20px}
summary{cursor:pointer;font-weight:600;font-size:17px}
.facts{display:flex;flex-wrap:wrap;gap:10px 28px;margin:0}
.facts dt{color:var(--soft);font-size:12px}
.facts dd{margin:0;font-weight:600}
.scroll{overflow-x:auto}
table{border-collapse:collapse;min-width:100%}
th,td{padding:6px 12px;text-align:right;border-bottom:1px solid var(--rule);white-space:nowrap}
th:first-child,td.text{text-align:left}
td.text{white-space:normal}
thead th{color:var(--soft);font-weight:600;font-size:12px}
tbody th{font-weight:500}
tr.best{background:var(--best)}
tr.best th,tr.best td{font-weight:700}
svg{display:block;max-width:100%;height:auto;margin-top:16px}
.scroll svg{max-width:none;margin:0 0 12px}
svg text{fill:var(--ink);font:12px system-ui,sans-serif}
svg .tick{fill:var(--soft);font-size:10px}
svg .grid{stroke:var(--rule)}
svg .bar{fill:var(--accent)}
svg polyline{fill:none;stroke-width:1.8;stroke-linejoin:round}
.gallery{display:grid;grid-template-columns:repeat(auto-fill,minmax(480px,1fr));gap:18px}
.pair{display:grid;grid-template-columns:1fr 1fr;gap:4px}
.picture{position:relative;background:#24272d center/100% 100%;border-radius:6px;overflow:hidden}
.picture img{display:block;width:100%;height:100%;image-rendering:pixelated}
.picture span{position:absolute;left:6px;bottom:6px;padding:1px 7px;border-radius:4px;background:rgb(0 0 0/.65);color:#fff;font-size:11px}
figure{margin:0}
figcaption{margin-top:5px;color:var(--soft);font-size:13px}
figcaption b{color:var(--ink)}
.plots{display:grid;grid-template-columns:repeat(auto-fill,minmax(320px,1fr));gap:14px 20px}
.plots svg{margin-top:0}
.failed h2{color:light-dark(#b3261e,#ff8a80)}
@media (max-width:560px){main{padding:20px 12px}.gallery{grid-template-columns:1fr}}
@media print{body{background:#fff}section,details{break-inside:avoid}}
`;
