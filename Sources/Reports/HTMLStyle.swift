/// The page's own style: quiet, legible in light and dark, on a telephone and on paper.
enum HTMLStyle {
  /// What the page's policy allows; a test says what it must be.
  static let digest = "sha256-wDbk1n/G0Yd72sifsBrIlmCDlR0+0Z97tM6TZN3NaoA="

  static let text = #"""
    :root {
      color-scheme: light dark;
      --ground: #fcfbf9; --panel: #f4f2ed; --ink: #1e1d1b; --quiet: #5d5953; --line: #dcd8cf; --link: #1d4f91;
      --good: #1c6b3a; --fair: #0c6475; --open: #8a5300; --bad: #a4231c;
      --equal: #c9c5bb; --named: #3c6eb4; --unexplained: #c8420b; --mark: #ffe3a3;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --ground: #17181a; --panel: #202225; --ink: #e7e4dd; --quiet: #a8a49b; --line: #36383c; --link: #8db8f2;
        --good: #6fcf8f; --fair: #6cc7d8; --open: #e5b45c; --bad: #f28b82;
        --equal: #4a4d52; --named: #6d9fe3; --unexplained: #f58a4b; --mark: #66500f;
      }
    }
    * { box-sizing: border-box; }
    html { background: var(--ground); color: var(--ink); font: 1rem/1.55 system-ui, "Noto Sans", "Liberation Sans", sans-serif;
      -webkit-text-size-adjust: 100%; }
    body { margin: 0 auto; max-width: 62rem; padding: 2.5rem 1.25rem 4rem; overflow-wrap: anywhere; }
    h1 { font-size: clamp(1.4rem, 1.1rem + 1.6vw, 2rem); line-height: 1.25; font-weight: 600; margin: .25rem 0 1rem;
      text-wrap: balance; }
    h2 { font-size: 1.15rem; font-weight: 600; margin: 3rem 0 1rem; padding-top: 1rem; border-top: 1px solid var(--line); }
    h3 { font-size: 1rem; font-weight: 600; margin: 0 0 .5rem; }
    p { margin: 0 0 .75rem; max-width: 44rem; }
    a { color: var(--link); text-underline-offset: .15em; }
    code, pre { font: .84em/1.5 ui-monospace, "DejaVu Sans Mono", "Liberation Mono", monospace; }
    code { overflow-wrap: anywhere; }
    :focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 2px; }
    h2:focus { outline: none; }
    .skip { position: absolute; left: -100rem; }
    .skip:focus { position: static; }
    .verdict { border-left: .3rem solid var(--tone); padding-left: 1.1rem; }
    .verdict h1 .word { color: var(--tone); text-transform: uppercase; font-size: .62em; letter-spacing: .09em;
      font-weight: 700; display: block; }
    .reproduced { --tone: var(--good); } .equivalent { --tone: var(--fair); }
    .inconclusive { --tone: var(--open); } .different { --tone: var(--bad); }
    .subject, .note, .left, .scale, .count, .what, .address, .ascii, footer { color: var(--quiet); }
    .subject { margin: 0; }
    .summary { font-weight: 600; margin-bottom: 0; }
    .details { padding-left: 1.1rem; }
    .badge { color: var(--tone); font-size: .8rem; font-weight: 600; margin-left: .4rem; white-space: nowrap; }
    .artifact { margin: 0 0 2.25rem; }
    .strip { display: block; width: 100%; height: 28px; }
    .strip, .legend svg { shape-rendering: crispEdges; }
    rect.equal { fill: var(--equal); } rect.named { fill: var(--named); } rect.unexplained { fill: var(--unexplained); }
    .scale { display: flex; justify-content: space-between; font-size: .75rem; max-width: none; margin: .1rem 0 .5rem;
      font-variant-numeric: tabular-nums; }
    .legend { list-style: none; padding: 0; margin: 0 0 1.25rem; display: flex; flex-wrap: wrap; gap: .25rem 1.5rem;
      font-size: .85rem; color: var(--quiet); }
    .legend svg { width: 1rem; height: 1rem; vertical-align: -.15rem; margin-right: .4rem; }
    .accounting { margin-bottom: .6rem; font-variant-numeric: tabular-nums; }
    .grave { color: var(--bad); }
    .facts { margin: 0; font-size: .92rem; }
    .facts > div { display: grid; grid-template-columns: 8rem 1fr; gap: 0 1rem; padding: .2rem 0; }
    .facts dt { color: var(--quiet); } .facts dd { margin: 0; min-width: 0; }
    .parts { margin: .5rem 0; font-size: .92rem; }
    .parts ul, .parts ol { padding-left: 1.1rem; }
    .parts li { margin-bottom: .5rem; } .parts li p { margin: 0 0 .2rem; }
    .parts .strip { height: 16px; }
    summary { cursor: pointer; }
    table { border-collapse: collapse; width: 100%; font-size: .95rem; }
    th, td { text-align: left; vertical-align: top; padding: .45rem 1.25rem .45rem 0; border-bottom: 1px solid var(--line);
      font-weight: 400; }
    thead th { color: var(--quiet); font-size: .85rem; white-space: nowrap; }
    tbody th { font-weight: 600; }
    tr.grave th a { color: var(--bad); }
    .number { text-align: right; font-variant-numeric: tabular-nums; width: 1%; }
    .filter { display: flex; flex-wrap: wrap; gap: .6rem 1.25rem; align-items: center; margin-bottom: .75rem;
      font-size: .92rem; }
    .filter[hidden] { display: none; }
    .filter label { color: var(--quiet); min-width: 0; max-width: 100%; }
    .wide { flex: 1 1 12rem; display: flex; gap: .4rem; align-items: center; }
    .wide input { flex: 1; min-width: 0; }
    input[type=search], select, button { font: inherit; color: var(--ink); background: var(--ground);
      border: 1px solid var(--quiet); border-radius: 4px; padding: .25rem .55rem; min-height: 2rem; max-width: 100%; }
    button { cursor: pointer; } button:hover { background: var(--panel); }
    input[type=checkbox] { accent-color: var(--link); width: 1rem; height: 1rem; vertical-align: -.15rem; }
    #status { flex: 1 0 100%; margin: 0; color: var(--quiet); }
    .node > .entries { margin-left: .35rem; padding-left: .9rem; border-left: 1px solid var(--line); }
    .node > summary { padding: .3rem 0; } .node .name { font-weight: 600; }
    .node .count { font-size: .85rem; white-space: nowrap; }
    .difference:not([open]) { content-visibility: auto; contain-intrinsic-size: auto 2.1rem; }
    .difference > summary { padding: .25rem 0; }
    .difference > summary:hover, .node > summary:hover { background: var(--panel); }
    .follower > summary { color: var(--quiet); }
    .region, .brief { font: .86em/1.5 ui-monospace, "DejaVu Sans Mono", "Liberation Mono", monospace; }
    .what { font-size: .9rem; }
    .cause { font-size: .8rem; border: 1px solid var(--line); border-radius: 4px; padding: 0 .4rem; white-space: nowrap;
      display: inline-block; max-width: 100%; overflow: hidden; text-overflow: ellipsis; vertical-align: -.2em; }
    .cause.grave { border-color: currentColor; } .cause.declared { color: var(--fair); }
    .body { margin: .35rem 0 1rem .35rem; padding: .75rem .9rem; background: var(--panel); border-radius: 6px; }
    .values { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 20rem), 1fr)); gap: .75rem 1rem; }
    .side { min-width: 0; } .label { margin: 0 0 .2rem; font-size: .85rem; color: var(--quiet); }
    .values pre { margin: 0; padding: .5rem .6rem; background: var(--ground); border: 1px solid var(--line); border-radius: 4px;
      white-space: pre-wrap; max-height: 20rem; overflow: auto; font-size: .8rem; }
    mark { background: var(--mark); color: inherit; border-radius: 2px; }
    .toggle { margin: .5rem 0 .6rem; font-size: .82rem; min-height: 1.75rem; padding: .1rem .5rem; }
    .more { margin: .4rem 0; }
    .plain > li { margin-bottom: 1rem; } .plain p { margin: 0; }
    footer { margin-top: 3rem; padding-top: 1rem; border-top: 1px solid var(--line); font-size: .85rem; }
    @media (max-width: 40rem) {
      body { padding: 1.25rem .9rem 3rem; }
      .verdict { padding-left: .8rem; }
      .facts > div { grid-template-columns: 1fr; }
      .causes thead { position: absolute; left: -100rem; }
      .causes tr { display: block; padding: .6rem 0; border-bottom: 1px solid var(--line); }
      .causes th, .causes td { display: block; border: 0; padding: 0; text-align: left; width: auto; }
      .causes td::before { content: attr(data-label) ": "; color: var(--quiet); }
      .node > .entries { padding-left: .5rem; margin-left: .2rem; }
      .body { margin-left: 0; padding: .6rem; }
      .values pre { font-size: .7rem; padding: .4rem; } .address { display: none; }
    }
    @media print {
      :root { color-scheme: light; --ground: #fff; --panel: #fff; --ink: #000; --quiet: #444; --line: #bbb; --link: #000;
        --good: #14532d; --fair: #0b4f5c; --open: #6b4000; --bad: #8a1a14;
        --equal: #bbb; --named: #3c6eb4; --unexplained: #c8420b; --mark: #e8e8e8; }
      html { font-size: 10pt; } body { max-width: none; padding: 0; }
      .skip, .filter, .toggle, .more { display: none; }
      h2, h3, summary { break-after: avoid; } .artifact, .body, tr { break-inside: avoid; }
      .difference:not([open]) { content-visibility: visible; }
      .values pre { max-height: none; overflow: visible; }
      .body { border: 1px solid var(--line); }
      rect, mark { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
      a { text-decoration: none; }
    }
    """#
}
