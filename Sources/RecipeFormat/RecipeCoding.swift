import Model

// Recipes are written into locks with the keys of their YAML; the compiler's own coding of enumerations would show
// their Swift names instead.

extension Epoch {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let seconds = try? container.decode(Int64.self) {
      self = .seconds(seconds)
    } else if try container.decode(String.self) == "unset" {
      self = .unset
    } else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "no seconds and not \"unset\"")
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .seconds(let seconds): try container.encode(seconds)
    case .unset: try container.encode("unset")
    }
  }
}

extension EnvironmentRecipe {
  private enum Kind: String, CodingKey { case debian, python, rootfs, oci }
  private enum Extra: String, CodingKey { case wheels, manifest }

  public init(from decoder: any Decoder) throws {
    let kinds = try decoder.container(keyedBy: Kind.self)
    guard kinds.allKeys.count == 1, let kind = kinds.allKeys.first else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "not exactly one kind of environment"))
    }
    switch kind {
    case .debian: self = .debian(try kinds.decode(DebianEnvironment.self, forKey: kind))
    case .python:
      let extra = try kinds.nestedContainer(keyedBy: Extra.self, forKey: kind)
      self = .python(
        try kinds.decode(DebianEnvironment.self, forKey: kind), wheels: try extra.decode([String].self, forKey: .wheels)
      )
    case .rootfs: self = .rootfs(try kinds.decode(InputReference.self, forKey: kind))
    case .oci:
      let extra = try kinds.nestedContainer(keyedBy: Extra.self, forKey: kind)
      self = .oci(
        try kinds.decode(InputReference.self, forKey: kind),
        manifest: try extra.decode(SHA256Digest.self, forKey: .manifest))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var kinds = encoder.container(keyedBy: Kind.self)
    switch self {
    case .debian(let debian): try kinds.encode(debian, forKey: .debian)
    case .python(let debian, let wheels):
      try kinds.encode(debian, forKey: .python)
      var extra = kinds.nestedContainer(keyedBy: Extra.self, forKey: .python)
      try extra.encode(wheels, forKey: .wheels)
    case .rootfs(let input): try kinds.encode(input, forKey: .rootfs)
    case .oci(let input, let manifest):
      try kinds.encode(input, forKey: .oci)
      var extra = kinds.nestedContainer(keyedBy: Extra.self, forKey: .oci)
      try extra.encode(manifest, forKey: .manifest)
    }
  }
}

extension ArtifactRecipe {
  private enum Key: String, CodingKey { case built, shipped, exceptions }

  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: Key.self)
    self.init(
      built: try fields.decode(String.self, forKey: .built),
      shipped: try fields.decode(InputReference.self, forKey: .shipped),
      exceptions: try fields.decodeIfPresent([DeclaredException].self, forKey: .exceptions) ?? [])
  }

  public func encode(to encoder: any Encoder) throws {
    var fields = encoder.container(keyedBy: Key.self)
    try fields.encode(built, forKey: .built)
    try fields.encode(shipped, forKey: .shipped)
    // Locks of recipes without exceptions are as they were.
    if !exceptions.isEmpty { try fields.encode(exceptions, forKey: .exceptions) }
  }
}
