import Testing

/// All tests of the real program, one after the other: they share a store and the machine's two processors.
@Suite(.serialized, .timeLimit(.minutes(15))) enum EndToEnd {}
