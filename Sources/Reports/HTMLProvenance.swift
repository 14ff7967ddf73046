import Model

/// What was checked: the identities of everything that went into the result.
struct HTMLProvenance {
  func section(_ check: CheckResult) -> HTML {
    """
    <section aria-labelledby="checked"><h2 id="checked">What was checked</h2>
    <dl class="facts">
    <div><dt>recipe</dt><dd>\(text: check.recipe.name) \(text: check.recipe.version), \
    SHA-256 <code>\(text: check.recipe.digest.hex)</code>\
    \(check.recipe.lock.map { "<br>its lock: SHA-256 <code>\(text: $0.hex)</code>" } ?? "")</dd></div>
    \(check.source.map(source))
    \(check.environment.map(environment) ?? "")
    \(check.confinement.map { "<div><dt>confinement</dt><dd>\(text: $0.joined(separator: ", "))</dd></div>" } ?? "")
    </dl>
    \(packages(check.environment?.packages ?? []))
    \(stages(check.stages))
    </section>
    """
  }

  private func source(_ source: SourceIdentity) -> HTML {
    let archives: [HTML] = source.archives.map {
      "<br>from \(text: $0.name ?? "an archive"), \(text: Amount.count($0.size)) bytes, SHA-256 <code>\(text: $0.sha256.hex)</code>"
    }
    return """
      <div><dt>source</dt><dd>\(text: source.name), \(text: Amount.count(source.entries, "entry", "entries"))<br>\
      <code>\(text: source.swhid.description)</code><br>manifest: SHA-256 <code>\(text: source.sha256.hex)</code>\(archives)</dd></div>

      """
  }

  private func environment(_ environment: EnvironmentIdentity) -> HTML {
    """
    <div><dt>environment</dt><dd>\(text: Amount.count(environment.packages.count, "package")), \
    \(text: Amount.count(environment.layers.count, "layer")), SHA-256 <code>\(text: environment.sha256.hex)</code></dd></div>

    """
  }

  private func packages(_ packages: [PackageIdentity]) -> HTML {
    guard !packages.isEmpty else { return "" }
    let rows: [HTML] = packages.map {
      "<li>\(text: $0.name) \(text: $0.version)\($0.architecture.map { " (\(text: $0))" } ?? "") <code>\(text: $0.sha256.hex)</code></li>\n"
    }
    return """
      <details class="parts"><summary>The \(text: Amount.count(packages.count, "package")) of the environment</summary>
      <ul>\(rows)</ul></details>
      """
  }

  private func stages(_ stages: [StageResult]) -> HTML {
    guard !stages.isEmpty else { return "" }
    let rows: [HTML] = stages.map {
      "<li>\(text: $0.name), \(text: Amount.seconds($0.seconds))\($0.note.map { ": \(HTML.shortened($0, to: 400))" } ?? "")</li>\n"
    }
    return """
      <details class="parts"><summary>What was done, and how long it took</summary><ol>\(rows)</ol></details>
      """
  }
}
