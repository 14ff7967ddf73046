/// The formats in the order in which they are asked; the first that recognises both sides lays them out.
public enum FormatList {
  /// All of them; what is known by few bytes or by its name comes late.
  public static let all: [any Format] = [
    ELFFile(),
    PNGImage(),
    JPEGImage(),
    GIFImage(),
    SphinxInventory(),
    AppleIconFile(),
    LinuxBootImage(),
    ARM64KernelImage(),
    ZipArchive(),
    VerifiedBootImage(),
    UBootImage(),
    DeviceTree(),
    AndroidBootImage(),
    AndroidVendorBootImage(),
    VerifiedBootMetadata(),
    IntelHex(),
    SRecords(),
    ArArchive(),
    TarArchive(),
    GzipFile(),
    // What is known by its end, by few bytes or by its name comes last.
    ZipArchive(isAppended: true),
    // Weak marks or none: known by the shape of their text, or by their name.
    IconFile(),
    OpenPGPFile(),
    PEMFile(),
    DERFile(),
    JarManifest(),
    PythonMetadata(),
    WheelRecord(),
    ChecksumList(),
    DebianControl(),
    JSONFile(),
    XMLFile(),
  ]
}
