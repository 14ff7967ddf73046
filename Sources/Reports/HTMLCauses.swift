import Model

/// The table of causes on a page: roots first, and how many differences follow from them.
struct HTMLCauses {
  func section(_ artifacts: [ArtifactResult]) -> HTML {
    let rows = CauseTable(artifacts).rows
    guard !rows.isEmpty else { return "" }
    let body: [HTML] = rows.prefix(200).map { row in
      """
      <tr role="row"\(CauseTable.isGrave(row.name) ? " class=\"grave\"" : "")>\
      <th role="rowheader" scope="row"><a href="#differences" data-cause="\(text: row.name ?? "")">\(text: row.title)</a></th>\
      <td role="cell" class="number" data-label="at the root">\(text: Amount.count(Int64(row.roots)))</td>\
      <td role="cell" class="number" data-label="follow from these">\(text: Amount.count(Int64(row.followers)))</td>\
      <td role="cell" data-label="what would mend it">\(note(row))</td></tr>

      """
    }
    return """
      <section aria-labelledby="causes"><h2 id="causes">Causes</h2>
      <table class="causes" role="table" aria-labelledby="causes"><thead role="rowgroup"><tr role="row">\
      <th role="columnheader" scope="col">cause</th>\
      <th role="columnheader" scope="col" class="number">at the root</th>\
      <th role="columnheader" scope="col" class="number">follow from these</th>\
      <th role="columnheader" scope="col">what would mend it</th></tr></thead>
      <tbody role="rowgroup">\(body)</tbody></table></section>
      """
  }

  private func note(_ row: CauseTable.Row) -> HTML {
    let declared = row.declared == 0 ? "" : "\(Amount.count(row.declared, "is", "are")) declared beforehand. "
    return "\(text: declared)\(HTML.shortened(row.fix ?? (row.declared == 0 ? "–" : ""), to: 500))"
  }
}
