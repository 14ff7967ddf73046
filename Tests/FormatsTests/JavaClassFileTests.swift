import Formats
import Testing

@Suite struct JavaClassFileTests {
  /// A class with one method, put together by hand.
  private static func file(major: UInt8 = 61, literal: String = "one", code: UInt8 = 0xB1, line: UInt8 = 3) -> [UInt8] {
    func text(_ text: String) -> [UInt8] { [1, 0, UInt8(text.utf8.count)] + Array(text.utf8) }
    var bytes: [UInt8] = [0xCA, 0xFE, 0xBA, 0xBE, 0, 0, 0, major, 0, 15]
    bytes += text("A") + [7, 0, 1] + text("java/lang/Object") + [7, 0, 3] + text("SourceFile") + text("A.java")
    bytes += text("run") + text("()V") + text("Code") + text("LineNumberTable") + text(literal) + [8, 0, 11]
    // A number of eight bytes takes two numbers.
    bytes += [5, 0, 0, 0, 0, 0, 0, 0, 9]
    bytes += [0, 0x21, 0, 2, 0, 4, 0, 0, 0, 0, 0, 1, 0, 1, 0, 7, 0, 8, 0, 1]
    bytes += [0, 9, 0, 0, 0, 25, 0, 1, 0, 1, 0, 0, 0, 1, code, 0, 0, 0, 1, 0, 10, 0, 0, 0, 6, 0, 1, 0, 0, 0, line]
    return bytes + [0, 1, 0, 5, 0, 0, 0, 2, 0, 6]
  }

  @Test func partsHaveNamesAndValues() throws {
    let layout = try LayoutCheck.layout(of: Self.file(), as: "Java class")
    #expect(layout.groups.map(\.name).contains("method run()V"))
    let lines = try LayoutCheck.lines(of: Self.file())
    for line in [
      "major version 2 Java 17 (61)", "class java/lang/Object 3 070003", "literal one 6 one", "long 9 9",
      "method run()V: method run()V code 1 opaque", "method run()V: method run()V LineNumberTable 6 0: 3",
      "SourceFile 2 6: A.java",
    ] { #expect(lines.contains(line), "\(line)") }
    #expect(!lines.contains { $0.hasSuffix("unexplained") })
  }

  @Test(
    arguments: [
      (file(major: 55), ["major version"]), (file(code: 0), ["method run()V: method run()V code"]),
      (file(line: 4), ["method run()V: method run()V LineNumberTable"]),
      (file(literal: "two"), ["literal one", "string one", "literal two", "string two"]),
    ] as [([UInt8], [String])])
  func oneFieldIsOneDifference(_ other: [UInt8], _ regions: [String]) throws {
    #expect(try LayoutCheck.differences(Self.file(), other) == regions)
  }

  @Test func hostileClassesAreSurvived() throws {
    try LayoutCheck.survives(Self.file(), mutations: 800)
  }

  @Test func classesOfCompilersAreNamedWhole() throws {
    let script = """
      cat > A.java <<'END'
      public class A {
        static final int N = 5; static final String S = "text"; long l = 1L << 40; double d = 2.5;
        interface I { int f(int a); }
        record R(int a, String b) {}
        public static void main(String[] a) {
          I i = x -> x + a.length;
          try { System.out.println("hi " + i.f(2)); } catch (RuntimeException e) { throw e; }
        }
      }
      END
      mkdir one two && javac -g:none -d one A.java && javac -g -d two A.java && mv one/A.class one.class
      mv two/A.class two.class && mv 'two/A$R.class' record.class
      """
    let results = ["one.class", "two.class", "record.class"]
    guard let files = try ProgramFixture.make(["javac"], script, results) else { return }
    for file in files {
      try LayoutCheck.layout(of: file, as: "Java class")
      try LayoutCheck.survives(file, mutations: 100)
      #expect(try !LayoutCheck.lines(of: file).contains { $0.hasSuffix("unexplained") })
    }
    let differences = try LayoutCheck.differences(files[0], files[1])
    let method = "method main([Ljava/lang/String;)V: method main([Ljava/lang/String;)V "
    #expect(differences.contains(method + "LineNumberTable"))
    #expect(differences.contains(method + "LocalVariableTable"))
    #expect(differences.contains("SourceFile"))
  }
}
