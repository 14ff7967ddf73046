// The first real test of this room replaces this file.
