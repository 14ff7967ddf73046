#pragma once
#include <archive.h>
#include <archive_entry.h>

// Swift's Glibc module leaves this header out; archives carry extended attributes.
#include <sys/xattr.h>

// Swift cannot import these: their definitions cast to mode_t.
static const unsigned int VERBATIM_IFMT = 0170000;
static const unsigned int VERBATIM_IFREG = 0100000;
static const unsigned int VERBATIM_IFLNK = 0120000;
static const unsigned int VERBATIM_IFSOCK = 0140000;
static const unsigned int VERBATIM_IFCHR = 0020000;
static const unsigned int VERBATIM_IFBLK = 0060000;
static const unsigned int VERBATIM_IFDIR = 0040000;
static const unsigned int VERBATIM_IFIFO = 0010000;
