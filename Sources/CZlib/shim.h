#pragma once
#include <zlib.h>

// Swift cannot import the macros of this name: they take the size of z_stream.
static inline int verbatim_inflate_init(z_stream *stream, int window_bits) { return inflateInit2(stream, window_bits); }
static inline int verbatim_deflate_init(z_stream *stream, int level, int window_bits, int memory, int strategy) {
  return deflateInit2(stream, level, Z_DEFLATED, window_bits, memory, strategy);
}
