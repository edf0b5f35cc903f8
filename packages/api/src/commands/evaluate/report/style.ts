/** Of a report: for phones and desktops, by day and by night, and on paper. */
export const STYLE = `
:root { color-scheme: light dark; --back: light-dark(#f6f7f9, #101216); --card: light-dark(#fff, #1b1e24); --text: light-dark(#16181d, #e8eaee); --soft: light-dark(#545b68, #a9b0bd); --line: light-dark(#d8dbe0, #3a3f47); --track: light-dark(#eceef1, #282c33);
  --zero: light-dark(#2b66b1, #82b4f0); --few: light-dark(#0b7a5f, #4fcfad); --wrong: light-dark(#bf4417, #ff9566); --balanced: light-dark(#6b7280, #99a1ae); }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 76rem; padding: 1rem; font: 0.95rem/1.5 system-ui, sans-serif; background: var(--back); color: var(--text); }
h1 { margin: 0; font-size: 1.5rem; line-height: 1.25; overflow-wrap: anywhere; }
h2 { margin: 0 0 0.4rem; font-size: 1.15rem; }
p { margin: 0.3rem 0 0.8rem; max-width: 46rem; }
header p { color: var(--soft); }
section { margin: 0 0 1rem; padding: 1rem; border: 1px solid var(--line); border-radius: 0.6rem; background: var(--card); }
small, .soft { color: var(--soft); font-size: 0.85em; white-space: nowrap; }
.cards { display: grid; gap: 0.75rem; grid-template-columns: repeat(auto-fit, minmax(min(10.5rem, 100%), 1fr)); margin: 0 0 1rem; padding: 0; }
.cards div { padding: 0.8rem 1rem; border: 1px solid var(--line); border-top: 0.25rem solid var(--colour, var(--line)); border-radius: 0.6rem; background: var(--card); }
.cards dt { color: var(--soft); font-size: 0.85rem; }
.cards dd { margin: 0; font-size: 1.7rem; font-weight: 650; line-height: 1.25; }
.cards small { display: block; font-size: 0.85rem; font-weight: 400; white-space: normal; }
.zero { --colour: var(--zero); } .few { --colour: var(--few); } .balanced { --colour: var(--balanced); }
.plots { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(19rem, 100%), 1fr)); align-items: start; }
.plots > * { min-width: 0; }
figure { margin: 0; min-width: 0; }
figcaption { color: var(--soft); font-size: 0.85rem; }
.key::before { content: ""; display: inline-block; width: 0.8em; height: 0.8em; margin-right: 0.35em; border-radius: 50%; background: var(--colour); }
.key { margin-right: 0.8em; }
svg text { fill: var(--text); font: 11px system-ui, sans-serif; }
svg .title { fill: var(--soft); }
.plot { display: block; width: 100%; max-width: 27rem; height: auto; }
.grid { stroke: var(--line); stroke-width: 0.7; }
.axis { stroke: var(--soft); }
.diagonal { stroke: var(--soft); stroke-dasharray: 4 4; }
.line { fill: none; stroke: var(--colour); stroke-width: 2; }
.plot circle { fill: var(--colour); }
.plot .whisker { fill: none; stroke: var(--colour); stroke-width: 1.5; opacity: 0.75; }
.matrix { display: block; }
.matrix.fits { max-width: 100%; height: auto; }
.cell { fill: var(--track); }
.right { fill: var(--zero); } .wrong { fill: var(--wrong); }
svg text.on { fill: var(--card); font-weight: 600; }
.scroll { overflow-x: auto; max-width: 100%; }
.scroll:focus-visible, summary:focus-visible { outline: 3px solid Highlight; outline-offset: 2px; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { padding: 0.2rem 0; text-align: left; font-weight: 600; }
th, td { padding: 0.3rem 0.6rem 0.3rem 0; text-align: left; vertical-align: middle; border-bottom: 1px solid var(--line); }
thead th { color: var(--soft); font-size: 0.85rem; font-weight: 500; vertical-align: bottom; }
th[scope=row] { font-weight: 500; min-width: 6rem; max-width: 20rem; overflow-wrap: anywhere; }
td { overflow-wrap: anywhere; min-width: 5.2rem; }
td.bar, td.number { min-width: 4rem; }
.number { white-space: nowrap; }
.bars { width: 100%; }
.bar { width: 20%; min-width: 5rem; }
.bar svg { display: block; width: 100%; height: 0.9rem; }
.track { fill: var(--track); } .bar .value { fill: var(--colour); opacity: 0.55; }
.bar .whisker { stroke: var(--text); stroke-width: 1.4; vector-effect: non-scaling-stroke; }
em { color: var(--soft); font-style: normal; }
summary { cursor: pointer; padding: 0.3rem 0; }
ul { margin: 0.3rem 0; padding-left: 1.2rem; } li { overflow-wrap: anywhere; }
.mistakes { display: grid; gap: 0.75rem; grid-template-columns: repeat(auto-fill, minmax(min(9rem, 100%), 1fr)); }
.mistakes figure { border: 1px solid var(--line); border-radius: 0.5rem; overflow: hidden; }
.picture { display: grid; place-items: center; position: relative; aspect-ratio: 1; background: var(--track); }
.picture img { position: absolute; inset: 0; width: 100%; height: 100%; object-fit: contain; }
.mistakes figcaption { display: grid; gap: 0.1rem; padding: 0.5rem 0.6rem; color: var(--text); overflow-wrap: anywhere; }
.said b { color: var(--wrong); } .file { white-space: normal; }
@media (max-width: 30rem) { body { padding: 0.6rem; } .bars small { display: block; } section { padding: 0.75rem; } .mistakes { grid-template-columns: 1fr 1fr; } }
@media print { body { max-width: none; } section, figure { break-inside: avoid; } }
`;
